package dev.pogo.samples.queue;

import dev.pogo.LocalWorker;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.Worker;
import dev.pogo.WorkerRequest;
import dev.pogo.WorkerResponse;

import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/**
 * Says of each delivery in a pool what it was, how long it took and how it ended. It stands in
 * front of the worker of the pool, because that gets the delivery itself, whatever the job.
 */
final class Deliveries implements Worker {
    private static final int LONGEST_PAYLOAD = 100;
    private static final int LONGEST_REASON = 200;

    private final Worker jobs;
    private final PrintWriter out;
    private final int failing;
    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder cancelled = new LongAdder();

    private Deliveries(Worker jobs, PrintWriter out, int failing) {
        this.jobs = jobs;
        this.out = out;
        this.failing = failing;
    }

    /**
     * @param configured what runs the jobs of the pool; null if this process does
     * @param config says which jobs it may run then
     * @param out where the lines go
     * @param failing the percentage of deliveries that are made to fail
     */
    static Deliveries of(
            @Nullable Worker configured, PogoConfig config, PrintWriter out, int failing) {
        return new Deliveries(
                configured == null ? new LocalWorker(config::allowsJob) : configured, out, failing);
    }

    /** To be the decorator of the tasks, so that they fail with a reason that is easy to read. */
    static Callable<Object> plain(Callable<Object> work) {
        return () -> {
            try {
                return work.call();
            } catch (Exception e) {
                if (e.getCause() instanceof JobFailure failure) {
                    throw failure;
                }
                throw e;
            }
        };
    }

    @Override
    public Worker start(PoolConfig pool) {
        return new Started(jobs.start(pool.withWorker(jobs)));
    }

    @Override
    public WorkerResponse handle(WorkerRequest request) throws Exception {
        return handle(request, jobs);
    }

    private WorkerResponse handle(WorkerRequest request, Worker worker) throws Exception {
        long began = System.nanoTime();
        WorkerResponse response;
        try {
            response =
                    ThreadLocalRandom.current().nextInt(100) < failing
                            ? WorkerResponse.failure("made to fail by --failing")
                            : worker.handle(request);
        } catch (InterruptedException e) {
            cancelled.increment();
            tell(request, "cancelled after", began, "");
            throw e;
        } catch (Exception e) {
            failed.increment();
            tell(request, "failed after", began, e.toString());
            throw e;
        }
        if (response.ok()) {
            done.increment();
            tell(request, "done in", began, "");
            return response;
        }
        String why = Objects.requireNonNullElse(response.error(), "no reason was given");
        failed.increment();
        tell(request, "failed after", began, why);
        throw new JobFailure(Printable.escape(why));
    }

    private void tell(WorkerRequest request, String ended, long began, String why) {
        Map<?, ?> delivery = (Map<?, ?>) Objects.requireNonNull(request.args());
        String line =
                String.format(
                        Locale.ROOT,
                        "%s  %s  attempt %s  %s %.1f ms  %s",
                        delivery.get("queue"),
                        delivery.get("id"),
                        delivery.get("attempt"),
                        ended,
                        (System.nanoTime() - began) / 1e6,
                        Printable.shorten(Json.line(delivery.get("payload")), LONGEST_PAYLOAD));
        out.println(
                Printable.escape(line)
                        + (why.isEmpty() ? "" : "  " + Printable.shorten(why, LONGEST_REASON)));
    }

    /** Says how many there were. */
    @Override
    public String toString() {
        return "%d deliveries handled: %d done, %d failed, %d cancelled"
                .formatted(
                        done.sum() + failed.sum() + cancelled.sum(),
                        done.sum(),
                        failed.sum(),
                        cancelled.sum());
    }

    /** What the runtime uses and closes. */
    @SuppressWarnings("try") // closed by the runtime, which expects any exception
    private final class Started implements Worker, AutoCloseable {
        private final Worker started;

        Started(Worker started) {
            this.started = started;
        }

        @Override
        public WorkerResponse handle(WorkerRequest request) throws Exception {
            return Deliveries.this.handle(request, started);
        }

        /** As a runtime does it, which never closes a worker that was given to it. */
        @Override
        public void close() throws Exception {
            if (started != jobs && started instanceof AutoCloseable closeable) {
                closeable.close();
            }
        }
    }
}
