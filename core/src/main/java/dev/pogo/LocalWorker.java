package dev.pogo;

import dev.pogo.engine.JobClass;
import dev.pogo.json.JsonBinding;
import dev.pogo.json.NotJsonException;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.function.Predicate;

/**
 * Worker that runs jobs in this process: the receiving end for a {@link Worker} that sends its
 * requests here. May be used by any thread.
 *
 * {@snippet file="dev/pogo/JobExampleTest.java" region="localWorker"}
 */
public final class LocalWorker implements Worker {
    private final Predicate<String> allowed;

    /**
     * Creates a worker.
     *
     * @param allowed tests whether the job class with a given name may be loaded; a name is data,
     *     possibly from outside
     */
    public LocalWorker(Predicate<String> allowed) {
        this.allowed = Objects.requireNonNull(allowed, "allowed");
    }

    /**
     * Runs a job on the calling thread. Its class is loaded by that thread's context class loader.
     *
     * @param request the job's class and args
     * @return its result; or a failure, whatever the reason: the job threw, it cannot or may not be
     *     loaded, or its args or its result are invalid
     * @throws InterruptedException if the job threw it
     * @throws VirtualMachineError if memory runs out, or the like; a stack overflow is a failure of
     *     the job
     */
    @Override
    public WorkerResponse handle(WorkerRequest request) throws InterruptedException {
        Objects.requireNonNull(request, "request");
        String name = request.jobClass();
        if (!allowed.test(name)) {
            return WorkerResponse.failure("job class \"" + name + "\" is not allowed here");
        }
        try {
            ClassLoader loader = Thread.currentThread().getContextClassLoader();
            JobClass job = JobClass.named(name, loader);
            JsonBinding binding = job.binding();
            Object result = job.run(binding.snapshot(request.args()));
            return WorkerResponse.success(plain(binding, result, name));
        } catch (InterruptedException e) {
            throw e;
        } catch (StackOverflowError e) {
            return WorkerResponse.failure(e);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            return WorkerResponse.failure(e);
        }
    }

    private static @Nullable Object plain(
            JsonBinding binding, @Nullable Object result, String name) {
        try {
            return binding.plain().read(binding.snapshot(result));
        } catch (NotJsonException e) {
            throw new InvalidPayloadException("result of job " + name, e.path(), e.problem(), e);
        }
    }
}
