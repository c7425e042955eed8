package dev.pogo;

import dev.pogo.channel.Channel;
import dev.pogo.channel.ChannelClosedException;
import dev.pogo.channel.Select;
import dev.pogo.channel.WaitGroup;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A program in which all goes well at first, and then, after a line with {@link #FROM_HERE_ON},
 * whatever can go wrong with tasks and channels does.
 */
public final class Failures {
    public static final String FROM_HERE_ON = "all that follows is to fail";

    private static final Duration SHORT = Duration.ofMillis(1);

    private interface Step {
        void run() throws Exception;
    }

    private final PogoRuntime runtime =
            PogoRuntime.start(
                    PogoConfig.defaults()
                            .withCloseGrace(Duration.ofMillis(20))
                            .withPool(PoolConfig.named("default").withNumThreads(4))
                            .withPool(
                                    PoolConfig.named("narrow")
                                            .withNumThreads(1)
                                            .withMaxWait(Duration.ofMillis(5))
                                            .withShedDoomed(true))
                            .withPool(
                                    PoolConfig.named("cpu")
                                            .withNumThreads(1)
                                            .withThreads(ThreadKind.PLATFORM)));

    private static final Callable<Integer> VALUE = () -> 1;
    private static final Callable<Integer> LONG =
            () -> {
                Thread.sleep(TimeUnit.MINUTES.toMillis(1));
                return 1;
            };
    private static final Callable<Integer> FAILING =
            () -> {
                throw new IllegalStateException("on purpose");
            };

    /** A job that succeeds. */
    public static final class Negated implements Job<Integer, Integer> {
        @Override
        public Integer handle(Integer args) {
            return -args;
        }
    }

    /** A job that fails. */
    public static final class Refused implements Job<Object, Integer> {
        @Override
        public Integer handle(Object args) {
            throw new IllegalArgumentException("on purpose");
        }
    }

    private Failures() {}

    public static void main(String[] args) throws Exception {
        Failures failures = new Failures();
        for (int i = 0; i < 3; i++) {
            failures.succeed();
        }
        System.out.println(FROM_HERE_ON);
        failures.fail();
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private void succeed() throws Exception {
        try (PogoScope scope = runtime.open(Duration.ofSeconds(20))) {
            for (String pool : List.of("default", "narrow", "cpu")) {
                scope.spawn(pool, VALUE).await();
            }
            for (int i = 0; i < 10; i++) {
                scope.spawn(
                        TaskSpec.in("default").named("named"), () -> Task.current().remaining());
            }
            scope.awaitAll();
            scope.settle(Duration.ofSeconds(5));
            Task<Integer> one = scope.spawn(VALUE);
            scope.awaitAny(List.of(one), Duration.ofSeconds(5));
            scope.await(scope.spawn(VALUE).id());
            scope.spawn(
                            () -> {
                                Task.current().onCancel(() -> {}).close();
                                try (PogoScope inner = runtime.open()) {
                                    return inner.spawn(VALUE).await();
                                }
                            })
                    .await();
            Channel<Integer> channel = scope.channel(1);
            channel.push(1);
            channel.pop();
            channel.tryPop(SHORT);
            Thread selecting = Thread.currentThread();
            Task<Void> selected =
                    scope.spawn(() -> {
                        Eventually.isParked(selecting);
                        return null;
                    });
            Select.from("task", selected).from("channel", channel).await().value();
            Select.from("again", selected).await().value();
            Select.to("push", channel, 1).timeout(SHORT).orElseThrow().value();
            Select.from("pop", channel).await().value();
            scope.spawn(Negated.class, 1).await();
            WaitGroup group = new WaitGroup();
            group.add();
            group.await(SHORT);
            group.done();
        }
    }

    private void fail() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (PogoScope scope = runtime.open()) {
            for (String pool : List.of("default", "cpu")) {
                expect(TaskFailedException.class, scope.spawn(pool, FAILING)::await);
                Task<Integer> late = scope.spawn(pool, LONG);
                expect(AwaitTimeoutException.class, () -> late.await(SHORT));
                Task<Integer> cancelled = scope.spawn(pool, LONG);
                cancelled.cancel();
                expect(TaskCancelledException.class, cancelled::await);
            }
            expect(TaskFailedException.class, scope.spawn(Refused.class, 1)::await);
            expect(InvalidPayloadException.class, () -> scope.spawn(Refused.class, this));
            scope.spawn("narrow", LONG);
            expect(PoolSaturatedException.class, scope.spawn("narrow", VALUE)::await);
            expect(UnknownTaskException.class, () -> scope.await(-1));
            expect(UnknownPoolException.class, () -> scope.spawn("none", VALUE));
            Task<Integer> racing = scope.spawn(LONG);
            expect(
                    AwaitTimeoutException.class,
                    () -> scope.awaitAny(List.of(racing, scope.spawn(FAILING)), SHORT));
            Channel<Integer> channel = scope.channel(1);
            channel.close();
            expect(ChannelClosedException.class, channel::pop);
            expect(ChannelClosedException.class, () -> channel.push(1));
            expect(ChannelClosedException.class, Select.from("c", channel).await()::value);
            expect(
                    TaskFailedException.class,
                    Select.from("t", scope.spawn(FAILING)).await()::value);
        }
        try (PogoScope scope = runtime.open()) {
            scope.spawn(LONG);
            scope.spawn(LONG);
            expect(AwaitTimeoutException.class, () -> scope.awaitAll(SHORT));
            scope.spawn(LONG);
            scope.settle(SHORT);
            scope.spawn(FAILING);
            scope.spawn(LONG);
            expect(TaskException.class, scope::awaitAll);
        }
        // With what is to be done on cancellation, and which fails.
        try (PogoScope scope = runtime.open()) {
            scope.spawn(() -> {
                Task.current()
                        .onCancel(() -> {
                            throw new IllegalStateException();
                        });
                running.countDown();
                return LONG.call();
            });
            running.await();
        }
        // A deadline passes, and another one cannot be met.
        try (PogoScope scope = runtime.open(SHORT)) {
            expect(DeadlineExceededException.class, scope.spawn(LONG)::await);
            expect(DeadlineExceededException.class, scope.spawn(VALUE)::await);
        }
        waitInACircle();
        leaveBehind(released);
        runtime.close();
        expect(IllegalStateException.class, runtime::open);
        released.countDown();
    }

    /** The task of one pool waits for one of another pool, which waits for its turn behind it. */
    private void waitInACircle() throws Exception {
        try (PogoScope scope = runtime.open()) {
            Task<Integer> circle =
                    scope.spawn(
                            "cpu",
                            () ->
                                    scope.spawn(
                                                    "narrow",
                                                    () ->
                                                            scope.spawn("cpu", VALUE)
                                                                    .await(Duration.ofMillis(50)))
                                            .await());
            expect(TaskFailedException.class, circle::await);
        }
    }

    /** Work that does not stop when its scope is closed. */
    private void leaveBehind(CountDownLatch released) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        try (PogoScope scope = runtime.open()) {
            scope.spawn(() -> {
                running.countDown();
                while (released.getCount() > 0) {
                    Thread.onSpinWait();
                }
                return 1;
            });
            running.await();
        }
    }

    private static void expect(Class<? extends Throwable> expected, Step step) {
        try {
            step.run();
        } catch (Throwable e) {
            if (expected.isInstance(e)) {
                return;
            }
            throw new AssertionError("not a " + expected, e);
        }
        throw new AssertionError("no " + expected);
    }
}
