package dev.pogo.engine;

/**
 * The free permits of a pool, and the numbers of its tasks that have begun and that have succeeded.
 * Every task changes them, so they are kept in a few words, each shared by few threads.
 *
 * <p>A small pool has one word. A larger pool distributes its permits over several words, each on
 * its own cache line. A scope takes permits from one word and gives them back to the same one,
 * chosen by its owner's thread, so scopes that run at the same time mostly write to different
 * lines. A scope looks at the other words only if its own is empty. A permit taken there is given
 * back to the scope's own word, so permits move to where they are needed.
 *
 * <p>To take a permit, a thread reads a word, and then subtracts from it atomically. If the word
 * had become empty in between, the thread adds back what it subtracted. So a word may be below zero
 * for a moment, and may then hide a permit that is given back to it in that moment.
 *
 * <p><b>No permit stays free while a task waits for one.</b> A thread that finds no permit records
 * {@linkplain #setTasksWait under the pool's lock} that tasks wait, and only then looks once more.
 * A thread that adds to a word, to give back a permit or to undo a failed subtraction, adds first
 * and then {@linkplain #tasksWait checks} whether tasks wait. So one of the two sees the other. If
 * tasks do wait, the thread that added takes a permit again under the pool's lock, if it finds one,
 * and hands it on. While tasks wait, no other thread takes a permit, so no task overtakes them.
 */
class Permits {
    /** Smallest number of permits that are distributed over several words. */
    static final int STRIPED_FROM = 64;

    /** Least number of permits that each word starts with; fewer would often be used up. */
    private static final int LEAST_PER_WORD = 16;

    private static final int MOST_WORDS = 16;

    /**
     * On a word's line: the free permits in the low 32 bits, which may be less than zero, and in
     * the high 32 bits the number of successful tasks that are not in {@link #MOVED}. The value as
     * a whole is the sum of both, so a negative low half borrows from the high half.
     */
    private static final int WORD = 0;

    /** On a word's line: number of tasks that have begun. */
    private static final int BEGUN = 1;

    /** On a word's line: successes that were moved here from {@link #WORD} under the lock. */
    private static final int MOVED = 2;

    /** On a word's line: fewest free permits seen so far. Written racily, as a hint only. */
    private static final int LOW = 3;

    private static final long ONE_SUCCESS = 1L << Integer.SIZE;

    /** Number of successes moved at a time; there is room for four times as many. */
    private static final long MANY = 1L << 30;

    private static final int LOOKS = 8;

    private final int size;

    /** Index of the last word. The number of words is a power of two. */
    private final int mask;

    /** One line for each word, and {@link #flagLine}. */
    private final PaddedLongs longs;

    /**
     * Line of the flag that tells whether tasks wait. It is read by all threads for each task, and
     * written under the pool's lock when the first task begins to wait and when none waits any
     * more.
     */
    private final int flagLine;

    Permits(int size) {
        this(size, wordsFor(size));
    }

    /** Creates permits in the given number of words, a power of two. */
    Permits(int size, int words) {
        this.size = size;
        this.mask = words - 1;
        this.flagLine = words;
        this.longs = new PaddedLongs(words + 1);
        for (int word = 0; word < words; word++) {
            int share = size / words + (word < size % words ? 1 : 0);
            longs.set(word, WORD, share);
            longs.set(word, LOW, share);
        }
    }

    private static int wordsFor(int size) {
        return size < STRIPED_FROM
                ? 1
                : Math.min(MOST_WORDS, Integer.highestOneBit(size / LEAST_PER_WORD));
    }

    /** Returns the stripe of a thread: any number, to be masked to the index of a word. */
    int stripe(long threadId) {
        // Ids are mostly consecutive; they must be spread even if only every second one is used.
        return (int) ((threadId * 0x9E37_79B9_7F4A_7C15L) >>> Integer.SIZE);
    }

    /** Returns whether tasks wait for a permit. */
    boolean tasksWait() {
        return longs.get(flagLine, 0) != 0;
    }

    /** Sets whether tasks wait. Must be called with the pool's lock held. */
    void setTasksWait(boolean wait) {
        longs.set(flagLine, 0, wait ? 1 : 0);
    }

    /**
     * Takes a permit if one is free. A caller that does not hold the pool's lock and gets none must
     * check {@link #tasksWait()} afterwards: if tasks wait, this may have hidden a permit that must
     * be handed on.
     *
     * @return the number of permits that are taken now, including this one: exact if there is one
     *     word, otherwise a lower bound; zero if none was free
     */
    int take(int stripe) {
        for (int i = 0; i <= mask; i++) {
            int word = (stripe + i) & mask;
            if (free(longs.get(word, WORD)) > 0) {
                int before = free(longs.getAndAdd(word, WORD, -1));
                if (before > 0) {
                    return taken(word, before - 1);
                }
                longs.getAndAdd(word, WORD, 1);
            }
        }
        return 0;
    }

    /** Reads all words only at a new low, since doing so each time would cost too much. */
    private int taken(int word, int left) {
        if (mask == 0) {
            return size - left;
        }
        if (left < longs.get(word, LOW)) {
            longs.set(word, LOW, left);
            return Math.max(1, taken());
        }
        return 1;
    }

    /**
     * Gives a permit back. A caller that does not hold the pool's lock must check afterwards
     * whether {@linkplain #tasksWait tasks wait}.
     *
     * @param succeeded whether to count a task that has succeeded
     * @return whether {@link #moveSuccesses} must be called
     */
    boolean give(int stripe, boolean succeeded) {
        return add(stripe, succeeded ? ONE_SUCCESS + 1 : 1);
    }

    /**
     * Counts the success of a task whose permit is not returned by {@link #give}.
     *
     * @return whether {@link #moveSuccesses} must be called
     */
    boolean countSuccess(int stripe) {
        return add(stripe, ONE_SUCCESS);
    }

    private boolean add(int stripe, long what) {
        return successes(longs.getAndAdd(stripe & mask, WORD, what)) >= MANY;
    }

    /** Makes room for further successes. Must be called with the pool's lock held. */
    void moveSuccesses(int stripe) {
        int word = stripe & mask;
        while (successes(longs.get(word, WORD)) >= MANY) {
            longs.getAndAdd(word, WORD, -MANY * ONE_SUCCESS);
            longs.getAndAdd(word, MOVED, MANY);
        }
    }

    /** Counts a task that has begun. */
    void countBegun(int stripe) {
        longs.getAndAdd(stripe & mask, BEGUN, 1);
    }

    /** Returns the number of tasks that have begun. */
    long begun() {
        long sum = 0;
        for (int word = 0; word <= mask; word++) {
            sum += longs.get(word, BEGUN);
        }
        return sum;
    }

    /** Returns the number of successful tasks. Must be called with the pool's lock held. */
    long succeeded() {
        long sum = 0;
        for (int word = 0; word <= mask; word++) {
            sum += successes(longs.get(word, WORD)) + longs.get(word, MOVED);
        }
        return sum;
    }

    /** Returns whether a permit is free. */
    boolean anyFree() {
        for (int word = 0; word <= mask; word++) {
            if (free(longs.get(word, WORD)) > 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the number of permits that are taken. If there are several words, they are read again
     * until none has changed in between, so that all of them had these values at one moment. If the
     * pool is too busy for that, the least number that was found is returned.
     */
    int taken() {
        int least = size;
        long seenBefore = 0;
        for (int look = 0; look < LOOKS; look++) {
            int taken = size;
            long seen = 1;
            for (int word = 0; word <= mask; word++) {
                long now = longs.get(word, WORD);
                taken -= Math.max(0, free(now));
                seen = 31 * (31 * seen + now) + longs.get(word, BEGUN);
            }
            least = Math.clamp(taken, 0, least);
            if (mask == 0 || (look > 0 && seen == seenBefore)) {
                return Math.max(0, taken);
            }
            seenBefore = seen;
        }
        return least;
    }

    /** Adds to the successes of a word; for tests. */
    void setSuccesses(int stripe, long successes) {
        longs.getAndAdd(stripe & mask, WORD, successes * ONE_SUCCESS);
    }

    private static int free(long word) {
        return (int) word;
    }

    private static long successes(long word) {
        return (word - free(word)) >>> Integer.SIZE;
    }
}
