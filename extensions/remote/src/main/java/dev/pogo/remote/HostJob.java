package dev.pogo.remote;

import dev.pogo.DeadlineExceededException;
import dev.pogo.PogoException;
import dev.pogo.PogoRuntime;
import dev.pogo.PogoScope;
import dev.pogo.Task;
import dev.pogo.TaskCancelledException;
import dev.pogo.TaskException;
import dev.pogo.WorkerRequest;
import dev.pogo.WorkerResponse;
import dev.pogo.remote.AnswerHeader.End;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A claimed request, which is run as a request of its own: in a scope whose deadline is the time
 * that was left to the task.
 */
final class HostJob {
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    private final String id;
    private final RequestHeader header;
    private final WorkerRequest request;
    private final @Nullable Duration left;

    /** Set by the thread of the job while its scope is open. */
    private volatile @Nullable PogoScope scope;

    /**
     * Set once, by any thread, which then looks for the scope. The thread of the job sets the scope
     * and then looks here. So one of them sees the other.
     */
    private final AtomicBoolean cancelled = new AtomicBoolean();

    /** What the answer says. */
    record Outcome(End end, @Nullable String error, @Nullable WorkerResponse response) {}

    /**
     * @param left the time that is left; null if there is no limit
     */
    HostJob(String id, RequestHeader header, WorkerRequest request, @Nullable Duration left) {
        this.id = id;
        this.header = header;
        this.request = request;
        this.left = left;
    }

    String caller() {
        return id.substring(0, id.lastIndexOf('/'));
    }

    /**
     * Cancels the job; if it has not begun, it will not. May be called by any thread.
     *
     * @return whether it was not cancelled before
     */
    boolean cancel() {
        boolean first = cancelled.compareAndSet(false, true);
        PogoScope open = scope;
        if (open != null) {
            open.cancel();
        }
        return first;
    }

    /**
     * Runs the job on the calling thread's behalf, and returns when nothing of it runs any more.
     */
    Outcome run(PogoRuntime runtime, String pool) {
        try {
            if (header.mdc() != null) {
                MDC.setContextMap(header.mdc());
            }
            return TraceContext.within(header.trace(), () -> runInScope(runtime, pool));
        } catch (Exception e) {
            return failed(e);
        } finally {
            MDC.clear();
        }
    }

    private Outcome runInScope(PogoRuntime runtime, String pool) throws InterruptedException {
        if (cancelled.get()) {
            return new Outcome(End.CANCELLED, "it was cancelled before it began", null);
        }
        Task<?> task = null;
        try (PogoScope opened = left == null ? runtime.open() : runtime.open(left)) {
            task = opened.spawn(pool, request.jobClass(), request.args());
            scope = opened;
            if (cancelled.get()) {
                opened.cancel(); // the other thread may have seen no scope
            }
            Object result = task.await(FOREVER);
            return new Outcome(End.DONE, null, WorkerResponse.success(result));
        } catch (DeadlineExceededException e) {
            return new Outcome(End.EXPIRED, e.getMessage(), null);
        } catch (TaskCancelledException e) {
            return new Outcome(End.CANCELLED, e.getMessage(), null);
        } catch (TaskException e) {
            return failed(e.getCause() == null ? e : e.getCause());
        } catch (PogoException | IllegalStateException e) {
            return failed(e);
        } finally {
            scope = null;
        }
    }

    private static Outcome failed(Throwable e) {
        return new Outcome(End.DONE, null, WorkerResponse.failure(e));
    }
}
