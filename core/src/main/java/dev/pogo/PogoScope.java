package dev.pogo;

import dev.pogo.channel.Channel;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The scope of a request: tasks are spawned in it, and none of them outlives it.
 *
 * {@snippet file="dev/pogo/ExampleTest.java" region="scope"}
 *
 * <p>A scope must be closed by the thread that opened it; everything else may be done by any
 * thread. Once it is closed, spawning is refused and all tasks have their outcomes. It retains each
 * of its tasks, with its value, until the scope and its tasks become unreachable together.
 *
 * <p>A scope that is opened by a task, or by a thread that has another scope open, ends no later
 * than that one, even if they belong to different runtimes: its deadline is the earlier of the two.
 * A thread that leaves a scope open therefore cuts its later scopes short, of which the log warns.
 * If it ends without closing a scope, no thread can close that one any more: its tasks are then
 * cancelled, and a warning is logged, in the course of the next uses of the runtime by other
 * threads.
 *
 * <p>Implemented by Pogo only; further methods may be added.
 */
public interface PogoScope extends AutoCloseable {
    /**
     * Spawns a task in the pool {@code default}; otherwise like {@link #spawn(String, Callable)}.
     *
     * @param work the work
     * @param <T> the type of the value
     * @return the new task
     */
    <T extends @Nullable Object> Task<T> spawn(Callable<? extends T> work);

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
     * Spawns a task with a name, for logs and error messages; otherwise like {@link #spawn(String,
     * Callable)}.
     *
     * @param pool the name of the pool
     * @param work the work
     * @param name the task's name; need not be unique
     * @param <T> the type of the value
     * @return the new task
     * @throws IllegalArgumentException if the name is blank
     */
    <T extends @Nullable Object> Task<T> spawn(
            String pool, Callable<? extends T> work, String name);

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
     * Waits at most 5 seconds for a task by its id; otherwise like {@link #await(long, Duration)}.
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
     * Waits at most 5 seconds for all tasks; otherwise like {@link #awaitAll(Duration)}.
     *
     * @throws InterruptedException if the calling thread is interrupted; the tasks continue
     */
    void awaitAll() throws InterruptedException;

    /**
     * Waits until every task of the scope has succeeded, including those spawned meanwhile. As soon
     * as one fails, the others are cancelled and its failure is thrown. Tasks that were cancelled
     * by {@link Task#cancel()}, or as losers of {@link #awaitAny}, do not count as failed. A task
     * whose {@code await} timed out does, and so does one that threw, even if another task won the
     * race that it was in.
     *
     * @param timeout how long to wait, at most until the scope's deadline; when it passes, the
     *     unfinished tasks are cancelled
     * @throws IllegalArgumentException if the timeout is negative; the tasks continue
     * @throws IllegalStateException if a task of this scope calls this, since the wait could never
     *     end
     * @throws InterruptedException if the calling thread is interrupted; the tasks continue
     * @throws TaskFailedException if the first task that failed threw
     * @throws PoolSaturatedException if the first task that failed had waited too long
     * @throws TaskCancelledException if the first task that failed was cancelled, for example by
     *     the scope's deadline
     * @throws AwaitTimeoutException if this call timed out
     */
    void awaitAll(Duration timeout) throws InterruptedException;

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
     * @throws AwaitTimeoutException if this call timed out
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
     * Waits until every task of the scope has an outcome, whatever it is. When the timeout passes,
     * the unfinished ones are cancelled, so each task in the list is {@link Task#done() done}.
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
     * Returns what the scope's tasks have done so far and where the time went; after {@link
     * #close()} this is final. It costs nothing unless called: each call builds the report from
     * what the tasks know. May be called by any thread.
     *
     * {@snippet file="dev/pogo/ExampleTest.java" region="report"}
     *
     * @return a report of all tasks that have been spawned before this call
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
