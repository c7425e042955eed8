package dev.pogo.engine;

import dev.pogo.Eventually;
import dev.pogo.Held;
import dev.pogo.PogoConfig;
import dev.pogo.PoolConfig;
import dev.pogo.Task;
import dev.pogo.TaskException;
import dev.pogo.UnknownTaskException;
import dev.pogo.channel.Channel;
import dev.pogo.channel.ChannelClosedException;
import dev.pogo.channel.Select;
import dev.pogo.channel.SelectCases;
import dev.pogo.channel.WaitGroup;
import dev.pogo.engine.CancelHooks.Hook;
import dev.pogo.engine.Overflows.Attempt;
import dev.pogo.engine.Overflows.Finding;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The operations that {@link Overflows} tries, each with what must hold afterwards. */
final class OverflowAttempts {
    interface Step {
        void run() throws Exception;
    }

    private static final Duration SHORT = Duration.ofNanos(20_000);

    private OverflowAttempts() {}

    static List<Attempt> all(PogoRuntimeImpl runtime) {
        List<Attempt> all = new ArrayList<>();
        for (String pool : List.of("default", "narrow", "cpu")) {
            all.add(new Spawn(runtime, pool));
            all.add(new Await(runtime, pool));
            all.add(new AwaitNone(runtime, pool));
            all.add(new AwaitMany(runtime, pool));
            all.add(new Cancel(runtime, pool, false));
            all.add(new Cancel(runtime, pool, true));
            all.add(new Close(runtime, pool, false));
            all.add(new Close(runtime, pool, true));
            all.add(new Nested(runtime, pool));
        }
        all.add(new CloseRuntime());
        all.add(new OnCancel(runtime));
        all.add(new CloseHook(runtime));
        all.add(new Push(1_000));
        all.add(new Push(0));
        all.add(new Pop());
        all.add(new TryPop());
        all.add(new Iterate());
        all.add(new CloseChannel());
        all.add(new Selects());
        all.add(new Counts());
        return all;
    }

    private static void ensure(boolean holds, Object what) {
        if (!holds) {
            throw new Finding(String.valueOf(what));
        }
    }

    /** What has been tried leaves nobody waiting. */
    private static void ensureNobodyWaits(Channel<?> channel) {
        ensure(channel.toString().contains("0 wait to push, 0 to pop"), channel);
    }

    /** Attempts in a scope that is open meanwhile. */
    private abstract static class InScope extends Attempt {
        final PogoRuntimeImpl runtime;
        final String pool;
        PogoScopeImpl scope;

        @SuppressWarnings("NullAway") // set when it is prepared
        InScope(PogoRuntimeImpl runtime, String pool) {
            this.runtime = runtime;
            this.pool = pool;
        }

        @Override
        void prepare() throws Exception {
            scope = runtime.open();
        }

        @Override
        void check(int happened) throws Exception {
            scope.close();
        }

        @Override
        public String toString() {
            return super.toString() + " in " + pool;
        }
    }

    private static final class Spawn extends InScope {
        private final AtomicInteger ran = new AtomicInteger();

        Spawn(PogoRuntimeImpl runtime, String pool) {
            super(runtime, pool);
        }

        @Override
        void run() {
            scope.spawn(pool, ran::incrementAndGet);
        }

        @Override
        void check(int happened) throws Exception {
            scope.awaitAll();
            int tasks = scope.tasks().snapshot().size();
            ensure(tasks == happened, tasks + " tasks of " + happened);
            ensure(ran.getAndSet(0) == happened, "not all ran");
            super.check(happened);
        }
    }

    /** On a task that runs for a moment. */
    private static final class Await extends InScope {
        @SuppressWarnings("NullAway") // set when it is prepared
        private TaskImpl<Integer> task;

        @SuppressWarnings("NullAway") // likewise
        Await(PogoRuntimeImpl runtime, String pool) {
            super(runtime, pool);
        }

        @Override
        void prepare() throws Exception {
            super.prepare();
            task =
                    scope.spawn(
                            pool,
                            () -> {
                                Thread.sleep(1);
                                return 1;
                            });
        }

        @Override
        void run() throws Exception {
            ensure(task.await() == 1, task);
        }

        @Override
        void check(int happened) throws Exception {
            ensure(task.await() == 1, task);
            super.check(happened);
        }
    }

    /** In all the ways that the scope has. */
    private static final class AwaitMany extends InScope {
        @SuppressWarnings("NullAway") // set when it is prepared
        private TaskImpl<Integer> task;

        @SuppressWarnings("NullAway") // likewise
        AwaitMany(PogoRuntimeImpl runtime, String pool) {
            super(runtime, pool);
        }

        @Override
        void prepare() throws Exception {
            super.prepare();
            task = scope.spawn(pool, () -> 1);
        }

        @Override
        void run() throws Exception {
            scope.awaitAll();
            ensure(scope.awaitAny(List.of(task), SHORT) == 1, task);
            ensure(scope.settle(SHORT).equals(List.of(task)), task);
            try {
                ensure(Integer.valueOf(1).equals(scope.await(task.id())), task);
            } catch (UnknownTaskException e) {
                // An attempt before this one has happened.
            }
        }

        @Override
        void check(int happened) throws Exception {
            UnknownTaskException again = null;
            try {
                scope.await(task.id());
            } catch (UnknownTaskException e) {
                again = e;
            }
            ensure(again != null, "its id was not taken by an await that has happened");
            super.check(happened);
        }
    }

    /** The await runs out of time and cancels the task. */
    private static final class AwaitNone extends InScope {
        private final AtomicInteger interrupted = new AtomicInteger();

        @SuppressWarnings("NullAway") // set when it is prepared
        private Held held;

        @SuppressWarnings("NullAway") // likewise
        private TaskImpl<String> task;

        @SuppressWarnings("NullAway") // likewise
        AwaitNone(PogoRuntimeImpl runtime, String pool) {
            super(runtime, pool);
        }

        @Override
        void prepare() throws Exception {
            super.prepare();
            held = Held.untilReleased();
            task = scope.spawn(pool, held);
            held.awaitStarted();
            interrupted.set(0);
        }

        @Override
        void run() throws Exception {
            try {
                task.await(SHORT);
            } catch (TaskException e) {
                return;
            }
            throw new Finding(task + " was awaited");
        }

        @Override
        void check(int happened) throws Exception {
            ensure(task.state() == Task.State.CANCELLED, task);
            super.check(happened);
            ensure(held.interrupts.get() == 1, held.interrupts);
        }
    }

    private static final class Cancel extends InScope {
        private final AtomicInteger hooks = new AtomicInteger();
        private final boolean withHook;

        @SuppressWarnings("NullAway") // set when it is prepared
        private Held held;

        @SuppressWarnings("NullAway") // likewise
        private TaskImpl<String> task;

        @SuppressWarnings("NullAway") // likewise
        Cancel(PogoRuntimeImpl runtime, String pool, boolean withHook) {
            super(runtime, pool);
            this.withHook = withHook;
        }

        @Override
        void prepare() throws Exception {
            super.prepare();
            hooks.set(0);
            held = Held.untilReleased();
            task =
                    scope.spawn(
                            pool,
                            () -> {
                                if (withHook) {
                                    TaskImpl.current().onCancel(hooks::incrementAndGet);
                                }
                                return held.call();
                            });
            held.awaitStarted();
        }

        @Override
        void run() {
            boolean before = task.done();
            boolean cancelled;
            try {
                cancelled = task.cancel();
            } catch (StackOverflowError e) {
                ensure(before == task.done(), "half cancelled");
                throw e;
            }
            ensure(cancelled == !before, task);
        }

        @Override
        void check(int happened) throws Exception {
            ensure(task.state() == Task.State.CANCELLED, task);
            super.check(happened);
            ensure(held.interrupts.get() == 1, held.interrupts);
            ensure(hooks.get() == (withHook ? 1 : 0), hooks);
        }
    }

    /** Of a scope with tasks that run and, where the pool is narrow, wait. */
    private static final class Close extends InScope {
        private final List<Held> works = new ArrayList<>();
        private final boolean withHooks;

        Close(PogoRuntimeImpl runtime, String pool, boolean withHooks) {
            super(runtime, pool);
            this.withHooks = withHooks;
        }

        @Override
        void prepare() throws Exception {
            super.prepare();
            works.clear();
            for (int i = 0; i < 4; i++) {
                Held held = Held.untilReleased();
                works.add(held);
                scope.spawn(
                        pool,
                        () -> {
                            if (withHooks) {
                                TaskImpl.current().onCancel(() -> {});
                            }
                            return held.call();
                        });
                if (i < 2) {
                    held.awaitStarted();
                }
            }
            scope.channel(1);
        }

        @Override
        void run() {
            scope.close();
            ensure(scope.isClosed(), "not closed");
        }

        @Override
        void check(int happened) {
            ensure(scope.isClosed(), "not closed");
            for (TaskImpl<?> task : scope.tasks().snapshot()) {
                ensure(task.done() && task.liveThread() == null, task);
            }
        }
    }

    /** A scope for each attempt; what could be opened can be closed there. */
    private static final class Nested extends InScope {
        private int refused;

        Nested(PogoRuntimeImpl runtime, String pool) {
            super(runtime, pool);
        }

        @Override
        void prepare() throws Exception {
            super.prepare();
            refused = 0;
        }

        @Override
        void run() {
            PogoScopeImpl inner = runtime.open();
            try {
                inner.spawn(pool, () -> 1);
            } finally {
                try {
                    inner.close();
                } catch (StackOverflowError e) {
                    // A virtual thread cannot park this deep; the scope around it closes it.
                    ensure(Thread.currentThread().isVirtual(), "could not be closed");
                    ensure(ScopeStack.innermost(Execution.current()) == inner, "no longer open");
                    refused++;
                }
            }
        }

        @Override
        void check(int happened) throws Exception {
            ensure(
                    (ScopeStack.innermost(Execution.current()) == scope) == (refused == 0),
                    "left open");
            super.check(happened);
            ensure(
                    ScopeStack.innermost(Execution.current()) == scope.outerOfSameThread(),
                    "left open");
        }
    }

    private static final class CloseRuntime extends Attempt {
        @SuppressWarnings("NullAway") // set when it is prepared
        private PogoRuntimeImpl runtime;

        @SuppressWarnings("NullAway") // likewise
        private PogoScopeImpl scope;

        @SuppressWarnings("NullAway") // likewise
        CloseRuntime() {}

        @Override
        void prepare() throws Exception {
            runtime =
                    PogoRuntimeImpl.start(
                            PogoConfig.defaults()
                                    .withPool(PoolConfig.named("default").withNumThreads(2)));
            scope = runtime.open();
            for (int i = 0; i < 3; i++) {
                Held held = Held.untilReleased();
                scope.spawn(held);
                if (i < 2) {
                    held.awaitStarted();
                }
            }
        }

        @Override
        void run() {
            runtime.close();
        }

        @Override
        void check(int happened) {
            for (TaskImpl<?> task : scope.tasks().snapshot()) {
                ensure(task.done() && task.liveThread() == null, task);
            }
            scope.close();
            ensure(runtime.toString().contains("0 busy scopes, 0 armed"), runtime);
        }
    }

    /** A task asks for things to be done where its stack ends. */
    private static final class OnCancel extends InScope {
        private final AtomicInteger runs = new AtomicInteger();

        OnCancel(PogoRuntimeImpl runtime) {
            super(runtime, "default");
        }

        @Override
        void run() {
            Execution current = Execution.current();
            if (current != null) {
                current.task().onCancel(runs::incrementAndGet).close();
                current.task().onCancel(runs::incrementAndGet);
            }
        }

        @Override
        void check(int happened) throws Exception {
            runs.set(0);
            super.check(happened);
        }
    }

    private static final class CloseHook extends InScope {
        @SuppressWarnings("NullAway") // null where the thread is not a task's
        private Hook hook;

        @SuppressWarnings("NullAway") // likewise
        CloseHook(PogoRuntimeImpl runtime) {
            super(runtime, "default");
        }

        @Override
        @SuppressWarnings("NullAway") // likewise
        void prepare() throws Exception {
            super.prepare();
            Execution current = Execution.current();
            hook = current == null ? null : current.task().onCancel(() -> {});
        }

        @Override
        void run() {
            if (hook != null) {
                hook.close();
                ensure(hook.toString().contains("OVER"), hook);
            }
        }
    }

    private static final class Push extends Attempt {
        private final int capacity;

        @SuppressWarnings("NullAway") // set when it is prepared
        private Channel<Integer> channel;

        private int pushed;

        @SuppressWarnings("NullAway") // likewise
        Push(int capacity) {
            this.capacity = capacity;
        }

        @Override
        void prepare() {
            channel = capacity == 0 ? Channel.rendezvous() : Channel.buffered(capacity);
            pushed = 0;
        }

        @Override
        void run() throws Exception {
            if (capacity > 0) {
                channel.push(1);
                pushed++;
            }
            if (channel.tryPush(2)) {
                pushed++;
            }
            if (channel.tryPush(3, SHORT)) {
                pushed++;
            }
        }

        @Override
        void check(int happened) {
            ensure(channel.size() == pushed, channel + " after " + pushed + " pushes");
            ensureNobodyWaits(channel);
            while (pushed > 0) {
                ensure(channel.tryPop().isPresent(), channel);
                pushed--;
            }
            ensure(channel.tryPop().isEmpty(), channel);
        }
    }

    private static final class Pop extends Attempt {
        private static final int ELEMENTS = 1_000;

        @SuppressWarnings("NullAway") // set when it is prepared
        private Channel<Integer> channel;

        private int popped;

        @SuppressWarnings("NullAway") // likewise
        Pop() {}

        @Override
        void prepare() throws Exception {
            channel = Channel.buffered(ELEMENTS);
            for (int i = 0; i < ELEMENTS; i++) {
                channel.push(i);
            }
            popped = 0;
        }

        @Override
        void run() throws Exception {
            ensure(channel.pop() == popped, channel);
            popped++;
        }

        @Override
        void check(int happened) {
            ensure(channel.size() == ELEMENTS - popped, channel + " after " + popped);
            ensureNobodyWaits(channel);
        }
    }

    /** Waits in an empty channel. */
    private static final class TryPop extends Attempt {
        @SuppressWarnings("NullAway") // set when it is prepared
        private Channel<Integer> channel;

        @SuppressWarnings("NullAway") // likewise
        TryPop() {}

        @Override
        void prepare() {
            channel = Channel.rendezvous();
        }

        @Override
        void run() throws Exception {
            ensure(channel.tryPop().isEmpty(), channel);
            ensure(channel.tryPop(SHORT).isEmpty(), channel);
        }

        @Override
        void check(int happened) {
            ensureNobodyWaits(channel);
            ensure(!channel.tryPush(1), "taken, and nobody pops");
        }
    }

    private static final class Iterate extends Attempt {
        private static final int ELEMENTS = 1_000;

        @SuppressWarnings("NullAway") // set when it is prepared
        private Channel<Integer> channel;

        @SuppressWarnings("NullAway") // likewise
        private Iterator<Integer> elements;

        private int next;

        @SuppressWarnings("NullAway") // likewise
        Iterate() {}

        @Override
        void prepare() throws Exception {
            channel = Channel.buffered(ELEMENTS);
            for (int i = 0; i < ELEMENTS; i++) {
                channel.push(i);
            }
            elements = channel.iterator();
            next = 0;
        }

        @Override
        void run() {
            ensure(elements.next() == next, "an element was lost at " + next);
            next++;
        }

        @Override
        void check(int happened) {
            ensure(elements.next() == next, "an element was lost at " + next);
            ensureNobodyWaits(channel);
        }
    }

    /** While somebody waits in it. */
    private static final class CloseChannel extends Attempt {
        @SuppressWarnings("NullAway") // set when it is prepared
        private Channel<Integer> channel;

        @SuppressWarnings("NullAway") // likewise
        private Thread waiting;

        @SuppressWarnings("NullAway") // likewise
        CloseChannel() {}

        @Override
        void prepare() {
            Channel<Integer> made = Channel.rendezvous();
            waiting =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    made.pop();
                                } catch (ChannelClosedException | InterruptedException e) {
                                    // as it is to end
                                }
                            });
            channel = made;
            Eventually.isTrue(() -> made.toString().contains("1 to pop"));
        }

        @Override
        void run() {
            boolean before = channel.isClosed();
            try {
                channel.close();
            } catch (StackOverflowError e) {
                ensure(before == channel.isClosed(), "half closed");
                throw e;
            }
            ensure(channel.isClosed(), channel);
        }

        @Override
        void check(int happened) throws Exception {
            ensure(waiting.join(Duration.ofSeconds(20)), "still waits: " + channel);
            ensureNobodyWaits(channel);
        }
    }

    private static final class Selects extends Attempt {
        @SuppressWarnings("NullAway") // set when it is prepared
        private Channel<Integer> in;

        @SuppressWarnings("NullAway") // likewise
        private Channel<Integer> out;

        @SuppressWarnings("NullAway") // likewise
        private SelectCases<String> cases;

        @SuppressWarnings("NullAway") // likewise
        Selects() {}

        @Override
        void prepare() {
            in = Channel.rendezvous();
            out = Channel.rendezvous();
            cases = Select.from("in", in).to("out", out, 1);
        }

        @Override
        void run() throws Exception {
            ensure(cases.timeout(SHORT).isEmpty(), "selected");
        }

        @Override
        void check(int happened) {
            ensureNobodyWaits(in);
            ensureNobodyWaits(out);
            ensure(!in.tryPush(1) && out.tryPop().isEmpty(), "somebody is gone and waits");
        }
    }

    private static final class Counts extends Attempt {
        @SuppressWarnings("NullAway") // set when it is prepared
        private WaitGroup group;

        private int count;

        @SuppressWarnings("NullAway") // likewise
        Counts() {}

        @Override
        void prepare() {
            group = new WaitGroup();
            group.add(1_000);
            count = 1_000;
        }

        @Override
        void run() throws Exception {
            group.add(2);
            count += 2;
            group.done();
            count--;
            ensure(!group.await(SHORT), group);
        }

        @Override
        void check(int happened) throws Exception {
            ensure(group.count() == count, group + " of " + count);
            ensure(!group.await(Duration.ZERO), group);
            while (count > 0) {
                group.done();
                count--;
            }
            ensure(group.await(Duration.ZERO), group);
        }
    }
}
