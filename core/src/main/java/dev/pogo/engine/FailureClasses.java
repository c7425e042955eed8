package dev.pogo.engine;

import dev.pogo.AwaitTimeoutException;
import dev.pogo.CancelReason;
import dev.pogo.DeadlineExceededException;
import dev.pogo.InvalidPayloadException;
import dev.pogo.PoolLoad;
import dev.pogo.PoolSaturatedException;
import dev.pogo.TaskCancelledException;
import dev.pogo.TaskException;
import dev.pogo.TaskFailedException;
import dev.pogo.TaskTimeoutException;
import dev.pogo.UnknownPoolException;
import dev.pogo.UnknownTaskException;
import dev.pogo.WorkerException;
import dev.pogo.WorkerSaturatedException;
import dev.pogo.channel.ChannelClosedException;
import dev.pogo.engine.CancelHooks.Hook;
import dev.pogo.engine.Events.TracedCallable;
import dev.pogo.json.Durations;
import dev.pogo.json.NotJsonException;
import dev.pogo.util.SafeLog;
import dev.pogo.util.StackProbe;
import dev.pogo.util.Throwables;
import dev.pogo.util.Uninterruptibles;

import java.time.Duration;
import java.util.List;

/**
 * Initialises the classes that only failures need, before any failure occurs. A failure may occur
 * with no stack left, and a class whose initialisation fails for that reason is unusable for the
 * rest of the process. For the same reason no lambda is linked for the first time on a failure
 * path.
 */
final class FailureClasses {
    private static final List<Class<?>> NEEDED =
            List.of(
                    AlarmScan.class,
                    AllOf.class,
                    FirstOf.class,
                    AwaitableScope.class,
                    AwaitTimeoutException.class,
                    CancellableTasks.class,
                    Cancellation.class,
                    Hook.class,
                    CancelHooks.class,
                    CancelReason.class,
                    ChannelClosedException.class,
                    DeadlineExceededException.class,
                    Execution.class,
                    Interrupter.class,
                    Interrupter.Runner.class,
                    InvalidPayloadException.class,
                    LimitedTasks.class,
                    Mapping.class,
                    JobException.class,
                    NestedScope.class,
                    NotJsonException.class,
                    ScopeStack.class,
                    TaskProgress.class,
                    TaskWork.class,
                    TaskWork.Extras.class,
                    TaskState.Cancelled.class,
                    TaskState.Failed.class,
                    TaskState.Saturated.class,
                    PermitShare.class,
                    PermitShare.Await.class,
                    QueueNode.class,
                    PoolLoad.class,
                    PoolSaturatedException.class,
                    TracedCallable.class,
                    SafeLog.class,
                    ScopeAlarm.class,
                    ScopeTasks.class,
                    SharedPermit.class,
                    ShareList.class,
                    ShareList.Link.class,
                    StackProbe.class,
                    Stragglers.class,
                    TaskImpl.End.class,
                    TaskCancelledException.class,
                    TaskException.Facts.class,
                    TaskFailedException.class,
                    TaskFailures.class,
                    TaskList.class,
                    ScopeExtras.class,
                    ScopeExtras.Shown.class,
                    TaskTimeoutException.class,
                    Throwables.class,
                    TimedScope.class,
                    TimedScope.StopCancelled.class,
                    TimedScope.StopSome.class,
                    Uninterruptibles.class,
                    UnknownPoolException.class,
                    UnknownTaskException.class,
                    UnseenFailures.class,
                    WaitCycle.class,
                    WaitCycle.Step.class,
                    WakeUp.class,
                    WakeUp.Once.class,
                    WorkerException.class,
                    WorkerSaturatedException.class);

    private FailureClasses() {}

    /** Initialises the classes. Has no effect the second time. */
    static void initialize() {
        for (Class<?> needed : NEEDED) {
            try {
                Class.forName(needed.getName(), true, needed.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e); // not possible, a class literal names it
            }
        }
        Events.initialize();
        // Initialises what the JDK needs to format the numbers in messages.
        Durations.describe(Duration.ofNanos(1));
    }
}
