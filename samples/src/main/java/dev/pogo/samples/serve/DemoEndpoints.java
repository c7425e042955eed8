package dev.pogo.samples.serve;

import com.fasterxml.jackson.annotation.JsonProperty;

import dev.pogo.Pool;
import dev.pogo.Task;
import dev.pogo.UnknownPoolException;
import dev.pogo.samples.jobs.SampleRuntime;
import dev.pogo.samples.jobs.Sha256;
import dev.pogo.samples.jobs.Sleep;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A fan-out, and two mistakes with what becomes of them. */
final class DemoEndpoints {
    private DemoEndpoints() {}

    private record Slept(String name, @JsonProperty("slept_ms") long millis) {}

    private record FannedOut(
            Map<String, Integer> workers,
            List<Object> results,
            @JsonProperty("elapsed_ms") long elapsed) {}

    private record NegativeTimeout(
            @JsonProperty("caught_invalid_timeout") boolean caught, Slept result) {}

    private record UnknownPool(
            @JsonProperty("caught_unknown_pool") boolean caught, String message) {}

    /** Two sleeps beside each other, and beside them a hash on a platform thread. */
    static Answer fanOut(Call call) throws InterruptedException {
        long began = System.nanoTime();
        Task<Sleep.Slept> first = call.scope().spawn(Sleep.class, new Sleep.Args(250));
        Task<Sleep.Slept> second = call.scope().spawn(Sleep.class, new Sleep.Args(250));
        Task<Sha256.Digest> hash =
                call.scope()
                        .spawn(
                                SampleRuntime.cpuPool(call.runtime()),
                                Sha256.class,
                                new Sha256.Text("pogo"));
        call.scope().awaitAll(call.deadline());
        Map<String, Integer> workers = new LinkedHashMap<>();
        for (Pool pool : call.runtime().pools()) {
            workers.put(pool.name(), pool.size());
        }
        List<Object> results =
                List.of(
                        new Slept("first", first.result().millis()),
                        new Slept("second", second.result().millis()),
                        hash.result());
        long elapsed = Duration.ofNanos(System.nanoTime() - began).toMillis();
        return Answer.ok(new FannedOut(workers, results, elapsed));
    }

    /** A negative timeout is refused, and leaves the task alone. */
    static Answer negativeTimeout(Call call) throws InterruptedException {
        Task<Sleep.Slept> sleep = call.scope().spawn(Sleep.class, new Sleep.Args(25));
        boolean caught = false;
        try {
            sleep.await(Duration.ofSeconds(-1));
        } catch (IllegalArgumentException e) {
            caught = true;
        }
        Slept result = new Slept(sleep.name(), sleep.await(call.deadline()).millis());
        return Answer.ok(new NegativeTimeout(caught, result));
    }

    /** A pool that is not there has no size. */
    static Answer poolSizeError(Call call) {
        try {
            int size = call.runtime().pool("missing").size();
            return Answer.ok(new UnknownPool(false, "pool \"missing\" has the size " + size));
        } catch (UnknownPoolException e) {
            return Answer.ok(new UnknownPool(true, String.valueOf(e.getMessage())));
        }
    }
}
