package dev.pogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.pogo.engine.Runtimes;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/**
 * The caller is interrupted once in each of many rounds, at any point of it. Whatever point that
 * is, either one await ends by it or the flag is set in the end, and the tasks know nothing of it.
 * The seed fixes when, as far as two threads can be told so: {@code -Dpogo.stress.seed=…}.
 */
class InterruptRaceTest {
    private static final long SEED = Long.getLong("pogo.stress.seed", System.nanoTime());
    private static final int ROUNDS = 500;
    private static final Duration LONG = Duration.ofSeconds(20);

    /** What the caller does in a round between opening a scope and closing it. */
    enum Use {
        AWAIT_TASK {
            @Override
            void in(Round round) throws InterruptedException {
                Task<Integer> task = round.spawn();
                round.untilNotInterrupted(() -> task.await(LONG));
            }
        },
        AWAIT_ID {
            @Override
            void in(Round round) throws InterruptedException {
                Task<Integer> task = round.spawn();
                round.untilNotInterrupted(() -> round.scope.await(task.id(), LONG));
            }
        },
        AWAIT_ALL {
            @Override
            void in(Round round) throws InterruptedException {
                Task<Integer> task = round.spawn();
                round.spawn();
                round.untilNotInterrupted(() -> {
                    round.scope.awaitAll(LONG);
                    return task.result();
                });
            }
        },
        AWAIT_ANY {
            @Override
            void in(Round round) throws InterruptedException {
                List<Task<Integer>> tasks = List.of(round.spawn(), round.spawn());
                round.untilNotInterrupted(() -> round.scope.awaitAny(tasks, LONG));
            }
        },
        SETTLE {
            @Override
            void in(Round round) throws InterruptedException {
                round.spawn();
                round.spawn();
                round.untilNotInterrupted(() -> {
                    for (Task<?> task : round.scope.settle(LONG)) {
                        assertEquals(1, task.result());
                    }
                    return 1;
                });
            }
        },
        /** An await that runs out of time cancels; one that is interrupted before does not. */
        TIME_OUT {
            @Override
            void in(Round round) {
                Task<Integer> endless = round.scope.spawn(Use::hang);
                try {
                    endless.await(Duration.ofNanos(round.random.nextInt(60_000)));
                    throw new AssertionError("it never ends");
                } catch (InterruptedException e) {
                    round.interrupted++;
                    assertFalse(endless.done());
                } catch (AwaitTimeoutException e) {
                    assertEquals(Task.State.CANCELLED, endless.state());
                }
            }
        },
        /** Nothing that an interrupt could end. */
        CLOSE {
            @Override
            void in(Round round) {
                round.scope.spawn(Use::hang);
                round.scope.spawn(Use::hang);
                round.spawn();
            }
        };

        abstract void in(Round round) throws InterruptedException;

        private static Integer hang() throws InterruptedException {
            new CountDownLatch(1).await();
            return 1;
        }
    }

    interface Wait {
        @Nullable Object value() throws InterruptedException;
    }

    static final class Round {
        private final PogoScope scope;
        private final SplittableRandom random;
        private int interrupted;

        Round(PogoScope scope, SplittableRandom random) {
            this.scope = scope;
            this.random = random;
        }

        Task<Integer> spawn() {
            int spins = random.nextInt(1 << random.nextInt(4, 13));
            return scope.spawn(
                    random.nextBoolean() ? "default" : "platform",
                    () -> {
                        spin(spins);
                        return Thread.currentThread().isInterrupted() ? 0 : 1;
                    });
        }

        void untilNotInterrupted(Wait wait) {
            while (true) {
                try {
                    assertEquals(1, wait.value());
                    return;
                } catch (InterruptedException e) {
                    interrupted++;
                }
            }
        }
    }

    private final PogoRuntime runtime =
            Runtimes.start(
                    PogoConfig.defaults()
                            .withPool(PoolConfig.named("default").withNumThreads(2))
                            .withPool(
                                    PoolConfig.named("platform")
                                            .withNumThreads(2)
                                            .withThreads(ThreadKind.PLATFORM)));

    /** The last round that has begun; the interrupter waits for it. */
    private volatile int begun;

    /** The last round in which the caller has been interrupted. */
    private volatile int interruptedIn;

    private volatile boolean over;

    @ParameterizedTest
    @EnumSource
    void caller_interruptedAnywhere_seesItOnceAndTheTasksDoNot(Use use)
            throws InterruptedException {
        for (Thread.Builder builder : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
            begun = 0;
            interruptedIn = 0;
            over = false;
            @Nullable Throwable[] finding = new @Nullable Throwable[1];
            Thread caller =
                    builder.start(() -> {
                        try {
                            rounds(use);
                        } catch (Throwable e) {
                            finding[0] = e;
                        } finally {
                            over = true;
                        }
                    });
            interruptEachRound(caller);
            caller.join();
            if (finding[0] != null) {
                throw new AssertionError("seed " + SEED + ": " + finding[0], finding[0]);
            }
        }
    }

    private void rounds(Use use) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(SEED);
        int interrupted = 0;
        for (int i = 1; i <= ROUNDS; i++) {
            int number = i;
            begun = i;
            Round round;
            try (PogoScope scope = runtime.open()) {
                round = new Round(scope, random);
                use.in(round);
            }
            // What has come later than this round's end has come all the same.
            Eventually.isTrue(() -> interruptedIn == number);
            int flags = Thread.interrupted() ? 1 : 0;
            assertEquals(1, round.interrupted + flags, "round " + i);
            interrupted += round.interrupted;
        }
        System.out.printf(
                "%s on a %s thread: %d of %d interrupts have ended an await%n",
                use,
                Thread.currentThread().isVirtual() ? "virtual" : "platform",
                interrupted,
                ROUNDS);
    }

    private void interruptEachRound(Thread caller) {
        SplittableRandom random = new SplittableRandom(~SEED);
        for (int i = 1; i <= ROUNDS; i++) {
            while (begun < i) {
                if (over) {
                    return;
                }
                Thread.yield();
            }
            spin(random.nextInt(1 << random.nextInt(4, 13)));
            caller.interrupt();
            interruptedIn = i;
        }
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }
}
