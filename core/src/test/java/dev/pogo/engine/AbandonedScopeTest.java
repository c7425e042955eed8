package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pogo.CancelReason;
import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.Logs;
import dev.pogo.TaskCancelledException;
import dev.pogo.ThreadKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Scopes whose threads have ended without closing them, and so can close them no more. */
class AbandonedScopeTest {
    private final PogoRuntimeImpl runtime = Runtimes.ofSize(4);

    /** Has a thread of that kind open a scope, and end. */
    private void abandon(ThreadKind kind, Consumer<PogoScopeImpl> use) throws InterruptedException {
        Thread owner =
                TaskThreads.factory(kind, "owner")
                        .newThread(() -> use.accept(runtime.open(Duration.ofHours(1))));
        owner.start();
        owner.join();
    }

    private void useAnotherScope() {
        try (PogoScopeImpl other = runtime.open()) {
            assertEquals(1, other.spawn(() -> 1).await());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private int busyScopes() {
        String words = runtime.toString();
        String number = words.substring(words.indexOf('[') + 1, words.indexOf(" busy scopes"));
        return Integer.parseInt(number);
    }

    private void awaitAllFound() {
        Eventually.isTrue(
                () -> {
                    useAnotherScope();
                    return busyScopes() == 0;
                },
                runtime::toString);
    }

    @ParameterizedTest
    @EnumSource
    void scope_ownerHasEnded_isClosedByLaterOnes(ThreadKind kind) throws InterruptedException {
        Held held = Held.untilReleased();
        AtomicReference<PogoScopeImpl> left = new AtomicReference<>();
        AtomicReference<TaskImpl<String>> task = new AtomicReference<>();
        abandon(
                kind,
                scope -> {
                    left.set(scope);
                    task.set(scope.spawn(held));
                });
        held.awaitStarted();
        try (Logs logs = new Logs()) {
            useAnotherScope();
            Eventually.isTrue(task.get()::done);
            awaitAllFound();
            assertEquals(1, logs.messages().size(), () -> logs.messages().toString());
            String message = logs.messages().getFirst();
            assertTrue(message.contains("owner"), message);
            assertTrue(message.contains("has ended and left PogoScope[1 tasks"), message);
        }
        TaskCancelledException e = assertThrows(TaskCancelledException.class, task.get()::result);
        assertEquals(CancelReason.SCOPE_CLOSED, e.reason());
        assertEquals(1, held.interrupts.get());
        assertEquals(0, runtime.timer().pending());
        assertThrows(IllegalStateException.class, () -> left.get().spawn(() -> 1));
        assertThrows(IllegalStateException.class, () -> left.get().channel(1));
    }

    /** Nobody who opens a scope waits for the tasks of another one. */
    @Test
    void scope_taskIgnoresItsInterrupt_isForgottenWhenThatHasEnded() throws InterruptedException {
        Held held = Held.ignoringInterrupts();
        abandon(ThreadKind.VIRTUAL, scope -> scope.spawn(held));
        held.awaitStarted();
        Eventually.isTrue(() -> {
            useAnotherScope();
            return held.interrupts.get() == 1;
        });
        for (int i = 0; i < 10; i++) {
            useAnotherScope();
        }
        assertEquals(1, busyScopes());
        assertEquals(1, held.interrupts.get());
        held.release();
        awaitAllFound();
    }

    @Test
    void valuesOfTasks_ownerHasEnded_becomeGarbage() throws InterruptedException {
        AtomicReference<WeakReference<Object>> value = new AtomicReference<>();
        abandon(
                ThreadKind.VIRTUAL,
                scope -> {
                    try {
                        value.set(new WeakReference<>(scope.spawn(Object::new).await()));
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
        awaitAllFound();
        Eventually.isTrue(() -> {
            System.gc();
            return value.get().get() == null;
        });
    }

    /** However many are left behind, there are never many more than of those that are in use. */
    @Test
    void scopes_veryManyAbandonedAmongThoseInUse_stayFew() throws InterruptedException {
        List<PogoScopeImpl> inUse = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            PogoScopeImpl scope = runtime.open();
            scope.spawn(() -> 1);
            inUse.add(scope);
        }
        int most = 0;
        try (Logs logs = new Logs()) {
            for (int i = 0; i < 300; i++) {
                abandon(ThreadKind.VIRTUAL, scope -> scope.channel(1));
                most = Math.max(most, busyScopes());
            }
            assertTrue(most <= 3 * inUse.size(), "there were " + most);
            inUse.forEach(scope -> scope.spawn(() -> 1));
            inUse.getFirst().close();
            awaitAllFound();
            assertEquals(300, logs.messages().size());
        }
    }

    /** It may well be in use by other threads. */
    @Test
    void scope_ownerWaits_isLeftAlone() throws InterruptedException {
        Held held = Held.untilReleased();
        AtomicReference<PogoScopeImpl> opened = new AtomicReference<>();
        Thread owner =
                Thread.ofVirtual()
                        .start(() -> {
                            try (PogoScopeImpl scope = runtime.open()) {
                                scope.spawn(() -> 1);
                                opened.set(scope);
                                held.call();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        });
        held.awaitStarted();
        for (int i = 0; i < 20; i++) {
            useAnotherScope();
        }
        assertEquals(1, opened.get().spawn(() -> 1).await());
        held.release();
        owner.join();
    }
}
