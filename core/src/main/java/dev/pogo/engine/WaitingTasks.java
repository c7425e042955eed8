package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for a permit of one pool, in two orders at once: in the order in which they
 * are to be admitted, which takes turns between scopes and is first-in first-out within each; and
 * by age, as they expire.
 *
 * <p>Each task's node is in two linked lists: its scope's {@link ScopeQueue} and the list by age.
 * The queues that have tasks form a third list, the round. The queue at its head is next: it gives
 * its first task and moves to the tail. All links are fields of the tasks' {@link QueueNode}s and
 * of the queues themselves. So every step is O(1), however many tasks and scopes there are, and
 * none allocates: only the creation of a node, which comes before, can fail when memory runs out.
 *
 * <p>Not thread-safe; guarded by the pool's lock, as are all the links.
 */
final class WaitingTasks {
    private @Nullable QueueNode oldest;
    private @Nullable QueueNode youngest;
    private @Nullable ScopeQueue next;
    private @Nullable ScopeQueue lastInRound;
    private int size;
    private int peakSize;
    private int queues;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int peakSize() {
        return peakSize;
    }

    /** Returns the number of scopes with tasks here that wait for their turn and not for a loan. */
    int queues() {
        return queues;
    }

    /** Returns the node of the task that has waited longest, or null. */
    @Nullable QueueNode oldest() {
        return oldest;
    }

    boolean contains(QueueNode node) {
        return node.older != null || node == oldest;
    }

    /**
     * Adds the task behind those of its scope; a scope without tasks joins the tail of the round.
     */
    void add(QueueNode node) {
        ScopeQueue queue = node.task.queue();
        QueueNode ahead = queue.last;
        if (ahead == null) {
            queue.first = node;
            joinRound(queue);
        } else {
            ahead.behind = node;
        }
        node.ahead = ahead;
        queue.last = node;
        queue.waiting++;

        QueueNode older = youngest;
        if (older == null) {
            oldest = node;
        } else {
            older.younger = node;
        }
        node.older = older;
        youngest = node;
        size++;
        peakSize = Math.max(peakSize, size);
    }

    /** Removes and returns the node of the next task to be admitted; null if there is none. */
    @Nullable QueueNode poll() {
        ScopeQueue queue = next;
        QueueNode node = queue == null ? null : queue.first;
        if (queue == null || node == null) {
            return null;
        }
        remove(node);
        if (queue.first != null && queue != lastInRound) {
            leaveRound(queue);
            joinRound(queue);
        }
        return node;
    }

    /** Removes the task; returns false if it is not here. */
    boolean remove(QueueNode node) {
        if (!contains(node)) {
            return false;
        }
        removeFromQueue(node);
        removeByAge(node);
        size--;
        return true;
    }

    private void removeFromQueue(QueueNode node) {
        ScopeQueue queue = node.task.queue();
        QueueNode ahead = node.ahead;
        QueueNode behind = node.behind;
        if (ahead == null) {
            queue.first = behind;
        } else {
            ahead.behind = behind;
        }
        if (behind == null) {
            queue.last = ahead;
        } else {
            behind.ahead = ahead;
        }
        node.ahead = null;
        node.behind = null;
        queue.waiting--;
        if (queue.first == null) {
            leaveRound(queue);
        }
    }

    private void removeByAge(QueueNode node) {
        QueueNode older = node.older;
        QueueNode younger = node.younger;
        if (older == null) {
            oldest = younger;
        } else {
            older.younger = younger;
        }
        if (younger == null) {
            youngest = older;
        } else {
            younger.older = older;
        }
        node.older = null;
        node.younger = null;
    }

    private void joinRound(ScopeQueue queue) {
        ScopeQueue before = lastInRound;
        if (before == null) {
            next = queue;
        } else {
            before.after = queue;
        }
        queue.before = before;
        lastInRound = queue;
        queues += queue.lentTo() ? 0 : 1;
    }

    private void leaveRound(ScopeQueue queue) {
        ScopeQueue before = queue.before;
        ScopeQueue after = queue.after;
        if (before == null) {
            next = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            lastInRound = before;
        } else {
            after.before = before;
        }
        queue.before = null;
        queue.after = null;
        queues -= queue.lentTo() ? 0 : 1;
    }
}
