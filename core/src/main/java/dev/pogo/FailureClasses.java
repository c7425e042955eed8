package dev.pogo;

import dev.pogo.channel.ChannelClosedException;
import dev.pogo.json.Durations;
import dev.pogo.json.NotJsonException;
import dev.pogo.sync.StackProbe;

import java.time.Duration;
import java.util.List;

/**
 * Initialises the classes that only failures need, before there are any. A failure may come with no
 * stack left, and a class whose initialisation fails for that is lost to the whole process. For the
 * same reason no lambda is linked first on the way of a failure.
 */
final class FailureClasses {
    private static final List<Class<?>> NEEDED =
            List.of(
                    AlarmScan.class,
                    AwaitTimeoutException.class,
                    Cancellation.class,
                    CancelHook.class,
                    CancelHooks.class,
                    CancelReason.class,
                    ChannelClosedException.class,
                    Dealings.class,
                    Execution.class,
                    Interrupter.class,
                    Interrupter.Runner.class,
                    InvalidPayloadException.class,
                    JobException.class,
                    NotJsonException.class,
                    OpenScopes.class,
                    Phase.Cancelled.class,
                    Phase.Failed.class,
                    Phase.Saturated.class,
                    PermitShare.class,
                    PermitShare.Await.class,
                    Place.class,
                    PogoScope.StopCancelled.class,
                    PoolLoad.class,
                    PoolSaturatedException.class,
                    RecordedWork.class,
                    Report.class,
                    ScopeAlarm.class,
                    ScopeTasks.class,
                    SharedPermit.class,
                    ShareList.class,
                    ShareList.Link.class,
                    StackProbe.class,
                    Stragglers.class,
                    Task.End.class,
                    TaskCancelledException.class,
                    TaskFailedException.class,
                    UnknownPoolException.class,
                    UnknownTaskException.class,
                    WaitCycle.class,
                    WaitCycle.Step.class,
                    WakeUp.class,
                    WakeUp.Once.class,
                    WorkerException.class);

    private FailureClasses() {}

    /** Does nothing the second time. */
    static void initialize() {
        for (Class<?> needed : NEEDED) {
            try {
                Class.forName(needed.getName(), true, needed.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e); // it is there
            }
        }
        Events.initialize();
        // What the JDK needs for the numbers in messages.
        Durations.describe(Duration.ofNanos(1));
    }
}
