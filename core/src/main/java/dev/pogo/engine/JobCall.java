package dev.pogo.engine;

import dev.pogo.InvalidPayloadException;
import dev.pogo.Worker;
import dev.pogo.WorkerException;
import dev.pogo.WorkerRequest;
import dev.pogo.WorkerResponse;
import dev.pogo.WorkerSaturatedException;
import dev.pogo.json.JsonBinding;
import dev.pogo.json.NotJsonException;
import dev.pogo.json.Snapshot;
import dev.pogo.util.Throwables;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;

/**
 * The work of a task that is a job: passes a snapshot of the args to the pool's worker, or to the
 * job's class in this process, and returns a snapshot of the result.
 */
final class JobCall<R extends @Nullable Object> implements Callable<R> {
    private final PoolImpl pool;
    private final PogoRuntimeImpl runtime;
    private final String jobName;

    /** The job's class if the caller passed it; null if the caller named it by a string. */
    private final @Nullable JobClass known;

    /** Loader for a class that is named by a string. */
    private final @Nullable ClassLoader loader;

    private final Snapshot args;

    private JobCall(
            PogoScopeImpl scope,
            PoolImpl pool,
            String jobName,
            @Nullable JobClass known,
            @Nullable Object args) {
        this.pool = pool;
        this.runtime = scope.runtime();
        this.jobName = jobName;
        this.known = known;
        this.loader = scope.contextClassLoader();
        JsonBinding binding = known != null ? known.binding() : JsonBinding.shared();
        this.args = snapshot(binding, args, "args");
    }

    static <R extends @Nullable Object> JobCall<R> of(
            PogoScopeImpl scope, PoolImpl pool, Class<?> job, @Nullable Object args) {
        JobClass known = JobClass.of(job);
        return new JobCall<>(scope, pool, known.name(), known, args);
    }

    static JobCall<@Nullable Object> of(
            PogoScopeImpl scope, PoolImpl pool, String jobName, @Nullable Object args) {
        return new JobCall<>(scope, pool, jobName, null, args);
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // the job's class declares the result type R
    public R call() throws Exception {
        if (known == null && !runtime.jobNames().allows(jobName)) {
            throw new JobException(
                    "job class \"%s\" is not on the allow-list, which %s; add it to \"jobs\" in the"
                                    .formatted(jobName, runtime.jobNames())
                            + " configuration if it may be named by a string",
                    null);
        }
        Worker worker = pool.worker();
        if (worker != null) {
            Object result = askWorker(worker).result();
            JsonBinding binding = known != null ? known.binding() : JsonBinding.shared();
            return (R) convert(binding, result);
        }
        JobClass job = known != null ? known : JobClass.named(jobName, loader);
        return (R) convert(job.binding(), job.run(args));
    }

    private WorkerResponse askWorker(Worker worker) throws JobException, InterruptedException {
        WorkerResponse response;
        try {
            response = worker.handle(new WorkerRequest(jobName, plainArgs()));
        } catch (InterruptedException | WorkerSaturatedException e) {
            throw e;
        } catch (WorkerException e) {
            throw new JobException(describeWorker() + " failed: " + e.getMessage(), e);
        } catch (Throwable e) {
            throw new JobException(describeWorker() + " threw: " + Throwables.describe(e), e);
        }
        if (response == null) {
            throw new JobException(describeWorker() + " returned null", null);
        }
        if (!response.ok()) {
            String error = response.error();
            throw new JobException(
                    describeWorker()
                            + " reported a failure: "
                            + (error == null || error.isBlank() ? "no error text given" : error),
                    null);
        }
        return response;
    }

    private String describeWorker() {
        return "the worker of pool " + pool.name() + ", asked for job " + jobName + ",";
    }

    private @Nullable Object plainArgs() throws NotJsonException {
        return JsonBinding.shared().plain().read(args);
    }

    /** Returns a value of the result's type for the caller, shared with no other code. */
    private @Nullable Object convert(JsonBinding binding, @Nullable Object result) {
        Snapshot snapshot = snapshot(binding, result, "result");
        JsonBinding.Target target = known != null ? known.result() : binding.plain();
        try {
            return target.read(snapshot);
        } catch (NotJsonException e) {
            throw invalid("result", e);
        }
    }

    private Snapshot snapshot(JsonBinding binding, @Nullable Object value, String what) {
        try {
            return binding.snapshot(value);
        } catch (NotJsonException e) {
            throw invalid(what, e);
        }
    }

    private InvalidPayloadException invalid(String what, NotJsonException e) {
        return new InvalidPayloadException(
                what + " of job " + jobName + " in pool " + pool.name(), e.path(), e.problem(), e);
    }
}
