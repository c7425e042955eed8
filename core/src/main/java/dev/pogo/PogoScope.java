package dev.pogo;

import dev.pogo.channel.Channel;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;

/**
 * The scope of a request: tasks are spawned in it, and none of them outlives it.
 *
 * {@snippet file="dev/pogo/ExampleTest.java" region="scope"}
 *
 * <p>A scope must be closed by the thread that opened it; everything else may be done by any
 * thread. Once it is closed, spawning is refused and all tasks have their outcomes. It retains each
 * of its tasks, with its value, until the scope and its tasks become unreachable together, except
 * for those of {@link #map} that have succeeded.
 *
 * <p>A scope that is opened by a task, or by a thread that has another scope open, ends no later
 * than that one, even if they belong to different runtimes: its deadline is the earlier of the two.
 *
 * <p>A scope should be closed by try-with-resources. One that its thread has left open limits the
 * thread's later scopes like one around them, until its deadline is 5 seconds past. The next scope
 * that the thread opens is then no longer inside it, and an error is logged, with the place where
 * the scope was opened if {@link PogoConfig#leakDetection()} is on. One without a deadline limits
 * no other, but is kept, with its tasks, as long as the thread lives. If the thread ends without
 * closing a scope, no thread can close that one any more: its tasks are then cancelled, and a
 * warning is logged, in the course of the next uses of the runtime by other threads.
 *
 * <p>If a task fails and nobody asks for its outcome, that is logged as a warning when the scope is
 * closed: one for all such tasks of the scope, with the failure of the first of them. Whoever
 * awaits the task, alone or together with others, or is given it as ended by {@link #settle()},
 * {@link #completions} or a {@link dev.pogo.channel.Select}, or calls {@link Task#result()}, {@link
 * Task#resultOr} or {@link Task#failure()}, has asked for it; so has a {@link TaskListener} that is
 * told of failures.
 *
 * <p>Implemented by Pogo only; further methods may be added.
 */
public interface PogoScope extends AutoCloseable {
    /**
     * Makes this scope fail fast: the first task that fails, in the sense of {@link #awaitAll()},
     * cancels the unfinished others at once. Awaiting one of those throws the failure of the first
     * task, so that awaits in a row fail as early as a single one:
     *
     * {@snippet file="dev/pogo/ExampleTest.java" region="failFast"}
     *
     * <p>A task that is spawned after that is already cancelled. The failure of one of several
     * tasks in {@link #awaitAny} counts like any other; use a scope of its own for these. Where
     * Error Prone checks that scopes are closed, call this as the first statement of the block,
     * since that check does not see through it.
     *
     * @return this scope
     * @throws IllegalStateException if the scope has spawned a task, or is closed
     */
    PogoScope failFast();

    /**
     * Spawns a task in the pool {@code default}; otherwise like {@link #spawn(String, Callable)}.
     *
     * @param work the work
     * @param <T> the type of the value
     * @return the new task
     */
    <T extends @Nullable Object> Task<T> spawn(Callable<? extends T> work);

    /**
     * Spawns a task without a value in the pool {@code default}; otherwise like {@link
     * #spawn(String, Callable)}.
     *
     * @param work the work
     * @return the new task
     */
    Task<Void> spawn(Action work);

    /**
     * Spawns a task. The call never blocks and never runs the work itself: the task is admitted at
     * once if its pool has a free permit, and waits for one otherwise. If the scope's deadline has
     * passed, the task is already cancelled.
     *
     * <p>The work sees the calling thread's SLF4J MDC, and the context class loader of the thread
     * that opened the scope.
     *
     * @param pool the name of the pool
     * @param work the work; its thread is interrupted if the task is cancelled
     * @param <T> the type of the value
     * @return the new task
     * @throws UnknownPoolException if the runtime has no such pool
     * @throws IllegalStateException if the scope or the runtime is closed or being closed
     */
    <T extends @Nullable Object> Task<T> spawn(String pool, Callable<? extends T> work);

    /**
     * Spawns a task without a value; otherwise like {@link #spawn(String, Callable)}. For a lambda
     * or method reference that could be either, the compiler chooses {@code Callable}. A reference
     * to an overloaded method is ambiguous; use a lambda instead.
     *
     * @param pool the name of the pool
     * @param work the work; its thread is interrupted if the task is cancelled
     * @return the new task, whose value is null
     * @throws UnknownPoolException if the runtime has no such pool
     * @throws IllegalStateException if the scope or the runtime is closed or being closed
     */
    Task<Void> spawn(String pool, Action work);

    /**
     * Spawns a task with a name or a time limit of its own; otherwise like {@link #spawn(String,
     * Callable)}.
     *
     * @param spec the task's pool, name and time limit
     * @param work the work; its thread is interrupted if the task is cancelled
     * @param <T> the type of the value
     * @return the new task
     * @throws UnknownPoolException if the runtime has no such pool
     * @throws IllegalStateException if the scope or the runtime is closed or being closed
     */
    <T extends @Nullable Object> Task<T> spawn(TaskSpec spec, Callable<? extends T> work);

    /**
     * Spawns a task without a value, with a name or a time limit of its own; otherwise like {@link
     * #spawn(String, Action)}.
     *
     * @param spec the task's pool, name and time limit
     * @param work the work; its thread is interrupted if the task is cancelled
     * @return the new task, whose value is null
     * @throws UnknownPoolException if the runtime has no such pool
     * @throws IllegalStateException if the scope or the runtime is closed or being closed
     */
    Task<Void> spawn(TaskSpec spec, Action work);

    /**
     * Spawns a job in the pool {@code default}; otherwise like {@link #spawn(String, Class,
     * Object)}.
     *
     * @param job the job's class
     * @param args the args, JSON-compatible; may be null
     * @param <A> the type of the args
     * @param <R> the type of the result
     * @return the new task
     */
    <A extends @Nullable Object, R extends @Nullable Object> Task<R> spawn(
            Class<? extends Job<A, R>> job, A args);

    /**
     * Spawns a job. It runs where the pool's worker runs it, by default in this process on an
     * instance of its own. Args and result are snapshots: neither side sees later changes by the
     * other. The task is named after the class.
     *
     * <p>A class that cannot be a job, or a result that is not JSON-compatible, makes the task
     * fail.
     *
     * @param pool the name of the pool
     * @param job the job's class
     * @param args the args, JSON-compatible; may be null
     * @param <A> the type of the args
     * @param <R> the type of the result
     * @return the new task
     * @throws InvalidPayloadException if the args are not JSON-compatible
     * @throws UnknownPoolException if the runtime has no such pool
     * @throws IllegalStateException if the scope or the runtime is closed or being closed
     */
    <A extends @Nullable Object, R extends @Nullable Object> Task<R> spawn(
            String pool, Class<? extends Job<A, R>> job, A args);

    /**
     * Spawns a job with a name or a time limit of its own; otherwise like {@link #spawn(String,
     * Class, Object)}.
     *
     * @param spec the task's pool, name and time limit; without a name, the task is named after the
     *     class
     * @param job the job's class
     * @param args the args, JSON-compatible; may be null
     * @param <A> the type of the args
     * @param <R> the type of the result
     * @return the new task
     * @throws InvalidPayloadException if the args are not JSON-compatible
     * @throws UnknownPoolException if the runtime has no such pool
     * @throws IllegalStateException if the scope or the runtime is closed or being closed
     */
    <A extends @Nullable Object, R extends @Nullable Object> Task<R> spawn(
            TaskSpec spec, Class<? extends Job<A, R>> job, A args);

    /**
     * Spawns a job that is named by a string. The class need not implement {@link Job}: one public
     * method named {@code handle} with one parameter is enough. Its name has to be listed in the
     * configuration ({@link PogoConfig#jobs()}); otherwise the task fails, and the class is not
     * loaded. In all other respects this is like {@link #spawn(String, Class, Object)}.
     *
     * @param pool the name of the pool
     * @param jobClass the name of the job's class, as returned by {@link Class#getName()}; it is
     *     loaded by the context class loader of the thread that opened the scope
     * @param args the args, JSON-compatible; may be null
     * @return the new task; its value consists of maps, lists, strings, numbers, booleans and null
     * @throws InvalidPayloadException if the args are not JSON-compatible
     * @throws UnknownPoolException if the runtime has no such pool
     * @throws IllegalStateException if the scope or the runtime is closed or being closed
     */
    Task<@Nullable Object> spawn(String pool, String jobClass, @Nullable Object args);

    /**
     * Spawns a job that is named by a string, with a name or a time limit of its own; otherwise
     * like {@link #spawn(String, String, Object)}.
     *
     * @param spec the task's pool, name and time limit; without a name, the task is named after the
     *     class
     * @param jobClass the name of the job's class
     * @param args the args, JSON-compatible; may be null
     * @return the new task; its value consists of maps, lists, strings, numbers, booleans and null
     * @throws InvalidPayloadException if the args are not JSON-compatible
     * @throws UnknownPoolException if the runtime has no such pool
     * @throws IllegalStateException if the scope or the runtime is closed or being closed
     */
    Task<@Nullable Object> spawn(TaskSpec spec, String jobClass, @Nullable Object args);

    /**
     * Applies a function to each item and returns the results, in the order of the items. Each item
     * is one task. No more of them than the pool has permits are under way at a time, and the next
     * is spawned when one has ended, so that however many items there are, they do not wait for
     * each other's permits and leave the pool's other users their turn.
     *
     * {@snippet file="dev/pogo/ExampleTest.java" region="map"}
     *
     * <p>The first failure cancels the tasks that are under way and is thrown; the other items are
     * left out. So does whatever the iteration of the items throws. In a scope that is to
     * {@linkplain #failFast fail fast}, the failure of another task of the scope is thrown too.
     * Each item may take until the scope's deadline if there is one, else {@link
     * PogoConfig#awaitTimeout()} from its spawn on. The scope does not keep the tasks that have
     * succeeded: they do not occur in its {@link #settle()} and {@link #report()}.
     *
     * @param pool the name of the pool
     * @param items the items, which the calling thread iterates as it spawns
     * @param fn the function, called by the tasks
     * @param <A> the type of the items
     * @param <R> the type of the results
     * @return the results; unmodifiable
     * @throws UnknownPoolException if the runtime has no such pool
     * @throws IllegalStateException if the scope or the runtime is closed or being closed
     * @throws TaskFailedException if the function threw; up to 10 failures of other items are added
     *     as suppressed exceptions
     * @throws PoolSaturatedException if an item waited for a permit for as long as the pool allows,
     *     because others use it
     * @throws TaskTimeoutException if an item took too long
     * @throws TaskCancelledException if the task of an item was cancelled in another way
     * @throws InterruptedException if the calling thread is interrupted; the tasks under way are
     *     cancelled
     */
    <A extends @Nullable Object, R extends @Nullable Object> List<R> map(
            String pool, Collection<? extends A> items, Mapper<? super A, ? extends R> fn)
            throws InterruptedException;

    /**
     * Returns an executor for code that expects one, such as {@link
     * java.util.concurrent.CompletableFuture}. What it executes are tasks of this scope, in the
     * pool.
     *
     * {@snippet file="dev/pogo/ExampleTest.java" region="executor"}
     *
     * <p>A future's {@code get} waits like that of any other future, and never cancels the task. If
     * the task was cancelled, by its scope's deadline for example, it throws {@link
     * java.util.concurrent.CancellationException} with the reason as its cause. Cancelling a future
     * cancels its task; {@code cancel(false)} does not interrupt work that has started, which then
     * runs until its end or until the scope's tasks are cancelled. Once the scope or the runtime is
     * closed, or the executor shut down, it throws {@link
     * java.util.concurrent.RejectedExecutionException}. Shutting it down does not affect the
     * scope's other tasks and executors. Closing the scope ends its tasks in any case, so an
     * executor need not be shut down.
     *
     * <p>{@code execute} also refuses work that cannot start, because the scope's deadline has
     * passed, for example. Work that was accepted is not run if its task is cancelled, or has
     * waited too long, before it starts: a {@code CompletableFuture} that waits for it is then
     * never completed, so wait for such a future with a timeout.
     *
     * @param pool the name of the pool
     * @return the executor, which may be used by any thread
     * @throws UnknownPoolException if the runtime has no such pool
     */
    ExecutorService executor(String pool);

    /**
     * Creates a channel that is closed with this scope: when its deadline passes, or when its tasks
     * have been cancelled by {@link #close()} or {@link PogoRuntime#close()}, before those wait for
     * the tasks. So no thread waits for the channel any more once the scope is closed. The scope
     * retains the channel until then, even if the channel is closed earlier.
     *
     * {@snippet file="dev/pogo/channel/ChannelExampleTest.java" region="pipeline"}
     *
     * @param capacity number of elements that it can hold without a receiver; 0 for a rendezvous
     * @param <T> the type of the elements
     * @return the new channel; already closed if the scope's deadline has passed
     * @throws IllegalArgumentException if the capacity is negative
     * @throws IllegalStateException if the scope or the runtime is closed or being closed
     */
    <T> Channel<T> channel(int capacity);

    /**
     * Waits for a task by its id for as long as {@link Task#await()} would; otherwise like {@link
     * #await(long, Duration)}.
     *
     * @param taskId the task's id
     * @return the work's value
     * @throws InterruptedException as {@link #await(long, Duration)}
     */
    @Nullable Object await(long taskId) throws InterruptedException;

    /**
     * Waits for a task by its id. An id can be awaited once; the {@link Task} itself any number of
     * times. In all other respects this waits and throws like {@link Task#await(Duration)}.
     *
     * @param taskId the task's id
     * @param timeout how long to wait; zero takes the outcome if there is one and cancels the task
     *     otherwise
     * @return the work's value
     * @throws UnknownTaskException if this scope has spawned no task with that id, or the id has
     *     already been awaited
     * @throws IllegalArgumentException if the timeout is negative; the id can still be awaited
     * @throws InterruptedException if the calling thread is interrupted; the id can still be
     *     awaited
     */
    @Nullable Object await(long taskId, Duration timeout) throws InterruptedException;

    /**
     * Waits for all tasks until the scope's deadline if there is one, else for {@link
     * PogoConfig#awaitTimeout()}; otherwise like {@link #awaitAll(Duration)}.
     *
     * @throws InterruptedException if the calling thread is interrupted; the tasks continue
     */
    void awaitAll() throws InterruptedException;

    /**
     * Waits until every task of the scope has succeeded, including those spawned meanwhile. As soon
     * as one fails, the others are cancelled and its failure is thrown; up to 10 failures of others
     * are added as suppressed exceptions. Tasks that were cancelled by {@link Task#cancel()} or
     * {@link #cancel()} do not count as failed, nor do the losers of an {@link #awaitAny} that
     * another task has won, whether they were cancelled or failed. A task whose {@code await} timed
     * out does.
     *
     * @param timeout how long to wait, at most until the scope's deadline; when it passes, the
     *     unfinished tasks are cancelled
     * @throws IllegalArgumentException if the timeout is negative; the tasks continue
     * @throws IllegalStateException if a task of this scope calls this, since the wait could never
     *     end
     * @throws InterruptedException if the calling thread is interrupted; the tasks continue
     * @throws TaskFailedException if the first task that failed threw
     * @throws PoolSaturatedException if the first task that failed had waited too long
     * @throws TaskCancelledException if the first task that failed was cancelled
     * @throws DeadlineExceededException if the scope's deadline has passed, or the time limit of
     *     the first task that failed
     * @throws AwaitTimeoutException if this call timed out, or if the first task that failed was
     *     cancelled because another await timed out
     */
    void awaitAll(Duration timeout) throws InterruptedException;

    /**
     * Waits until each of the given tasks has succeeded. As soon as one fails, the others are
     * cancelled and its failure is thrown. In all other respects this is like {@link
     * #awaitAll(Duration)}, and leaves the scope's other tasks alone.
     *
     * @param tasks tasks of this scope, possibly none; a task may occur more than once
     * @param timeout how long to wait, at most until the scope's deadline; when it passes, those of
     *     the tasks that are unfinished are cancelled
     * @throws NullPointerException also if a task is null
     * @throws IllegalArgumentException if the timeout is negative; the tasks continue
     * @throws UnknownTaskException if a task belongs to another scope; the tasks continue
     * @throws IllegalStateException if one of the tasks itself calls this, since the wait could
     *     never end
     * @throws InterruptedException if the calling thread is interrupted; the tasks continue
     * @throws TaskFailedException as {@link #awaitAll(Duration)}
     * @throws PoolSaturatedException as {@link #awaitAll(Duration)}
     * @throws TaskCancelledException as {@link #awaitAll(Duration)}
     * @throws TaskTimeoutException as {@link #awaitAll(Duration)}
     */
    void awaitAll(Collection<? extends Task<?>> tasks, Duration timeout)
            throws InterruptedException;

    /**
     * Waits for the first of the given tasks to succeed, and cancels the others.
     *
     * @param tasks tasks of this scope, at least one; a task may occur more than once
     * @param timeout how long to wait, at most until the scope's deadline; when it passes, all of
     *     them are cancelled
     * @param <T> the type of the value
     * @return the value of the first task that succeeded
     * @throws NullPointerException also if a task is null
     * @throws IllegalArgumentException if there is no task or the timeout is negative; the tasks
     *     continue
     * @throws UnknownTaskException if a task belongs to another scope; the tasks continue
     * @throws IllegalStateException if one of the tasks itself calls this, since the wait could
     *     never end
     * @throws InterruptedException if the calling thread is interrupted; the tasks continue
     * @throws TaskFailedException if none succeeded and the first of them, in the collection's
     *     order, threw; up to 10 failures of the others are added as suppressed exceptions
     * @throws PoolSaturatedException if none succeeded and the first of them had waited too long
     * @throws TaskCancelledException if none succeeded and the first of them was cancelled
     * @throws DeadlineExceededException if none succeeded and the scope's deadline has passed, or
     *     the time limit of the first of them
     * @throws AwaitTimeoutException if this call timed out, or if none succeeded and the first of
     *     them was cancelled because another await timed out
     */
    <T extends @Nullable Object> T awaitAny(
            Collection<? extends Task<? extends T>> tasks, Duration timeout)
            throws InterruptedException;

    /**
     * Returns the tasks one by one, in the order in which they end. Those that have ended before
     * this call come first, also in that order. Tasks that end at nearly the same time may come in
     * either order, and a task may come slightly later than it is {@link Task#done() done}.
     *
     * <p>This takes time proportional to the number of tasks, once; each task can then be taken at
     * the same cost, however many there are.
     *
     * @param tasks tasks of this scope, possibly none; one that occurs more than once is given
     *     once. Later changes to the collection have no effect
     * @param <T> the type of the values
     * @return the tasks as they end
     * @throws NullPointerException also if a task is null
     * @throws UnknownTaskException if a task belongs to another scope
     * @throws IllegalStateException if one of the tasks itself calls this
     */
    <T extends @Nullable Object> Completions<T> completions(
            Collection<? extends Task<? extends T>> tasks);

    /**
     * Waits until every task of the scope has an outcome, until the scope's deadline if there is
     * one, else for {@link PogoConfig#awaitTimeout()}; otherwise like {@link #settle(Duration)}.
     *
     * @return the tasks in the order in which they were spawned; unmodifiable
     * @throws IllegalStateException if a task of this scope calls this
     * @throws InterruptedException if the calling thread is interrupted; the tasks continue
     */
    List<Task<?>> settle() throws InterruptedException;

    /**
     * Waits until every task of the scope has an outcome, whatever it is. Never throws for a task
     * that has failed, so that partial results can be used:
     *
     * {@snippet file="dev/pogo/ExampleTest.java" region="settle"}
     *
     * <p>When the timeout passes, the unfinished tasks are cancelled, so each task in the list is
     * {@link Task#done() done}.
     *
     * @param timeout how long to wait, at most until the scope's deadline
     * @return the tasks in the order in which they were spawned; unmodifiable
     * @throws IllegalArgumentException if the timeout is negative; the tasks continue
     * @throws IllegalStateException if a task of this scope calls this, since the wait could never
     *     end
     * @throws InterruptedException if the calling thread is interrupted; the tasks continue
     */
    List<Task<?>> settle(Duration timeout) throws InterruptedException;

    /**
     * Cancels every unfinished task, as {@link Task#cancel()} does. The scope stays open, and may
     * spawn further tasks.
     */
    void cancel();

    /**
     * Returns the time until this scope, or an enclosing one, reaches its deadline.
     *
     * @return the time, zero if it has passed; without a deadline {@link Long#MAX_VALUE}
     *     nanoseconds, which is about 292 years
     */
    Duration remaining();

    /**
     * Returns what the scope's tasks have done so far and where the time went; after {@link
     * #close()} this is final. It costs nothing unless called: each call builds the report from
     * what the tasks know. May be called by any thread.
     *
     * {@snippet file="dev/pogo/ExampleTest.java" region="report"}
     *
     * @return a report of all tasks that have been spawned before this call, except for those of
     *     {@link #map} that have succeeded
     */
    ScopeReport report();

    /**
     * Cancels every unfinished task, closes the channels of {@link #channel} and waits until the
     * threads of all tasks have ended their work. Scopes that this thread has opened inside this
     * one and not closed are closed first. Closing again has no effect.
     *
     * <p>The tasks' writes happen-before the return. The wait cannot be interrupted; an interrupt
     * is kept until afterwards. Work that ignores its interrupt prolongs the wait, and is reported
     * at level WARN with its stack trace every 5 seconds. Only if {@link PogoConfig#closeGrace()}
     * limits the wait is such work left behind: it is reported, and keeps its permit until it ends.
     *
     * @throws WrongThreadException if called by a thread other than the one that opened the scope
     */
    @Override
    void close();
}
