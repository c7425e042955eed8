package dev.pogo;

/**
 * The free permits of a pool, how many of its tasks have begun, and how many have succeeded: what
 * each task changes, in few words that few threads share.
 *
 * <p>A small pool has one word. A larger one shares its permits out over several, each on a cache
 * line of its own. A scope takes from one of them and gives back to the same, chosen by its owner's
 * thread: so scopes that run at the same time mostly write to different lines. Only where its own
 * word is empty does it look at the others. What it takes there it gives back to its own, so the
 * permits move to where they are wanted.
 *
 * <p>To take is to look and then to subtract, in one step; who has subtracted from a word that had
 * become empty meanwhile adds again what it had subtracted. So a word may be below zero for a
 * moment, and may then hide a permit that is given back to it in that moment.
 *
 * <p><b>No permit stays free while a task waits for one.</b> Who finds none says {@linkplain
 * #setTasksWait under the pool's lock} that tasks wait, and only then looks once more. Who adds, be
 * it a permit that it gives back or what it had subtracted in vain, adds first and {@linkplain
 * #tasksWait looks} then whether tasks wait. So one of the two sees the other. If tasks do wait,
 * who has added takes a permit again under the pool's lock, if it finds one, and hands it on; while
 * they do, nobody else takes any, so that nobody overtakes them.
 */
class Permits {
    /** From this many permits on there are several words. */
    static final int STRIPED_FROM = 64;

    /** How many permits each word has at first, at least; few would often be used up. */
    private static final int LEAST_PER_WORD = 16;

    private static final int MOST_WORDS = 16;

    /**
     * On a word's line: in the low 32 bits the free permits, which may be less than zero, and in
     * the high 32 how many tasks have succeeded that are not in {@link #MOVED}. The number as a
     * whole is the sum of both, so a negative low half borrows from the high one.
     */
    private static final int WORD = 0;

    /** On a word's line: how many tasks have begun. */
    private static final int BEGUN = 1;

    /** On a word's line: successes that were moved here from {@link #WORD} under the lock. */
    private static final int MOVED = 2;

    /** On a word's line: the fewest free permits that were seen. Written racily, as a hint only. */
    private static final int LOW = 3;

    private static final long ONE_SUCCESS = 1L << Integer.SIZE;

    /** So many successes are moved at a time; there is room for four times as many. */
    private static final long MANY = 1L << 30;

    private static final int LOOKS = 8;

    private final int size;

    /** The last word; their number is a power of two. */
    private final int mask;

    /** A line for each word, and {@link #flagLine}. */
    private final PaddedLongs longs;

    /**
     * The line of the flag that tells whether tasks wait. All read it for each task; it is written
     * under the pool's lock, when the first task begins to wait and when none does any more.
     */
    private final int flagLine;

    Permits(int size) {
        this(size, wordsFor(size));
    }

    /** With that many words, a power of two. */
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

    /** Which word is a thread's, as a number of any size. */
    int stripe(long threadId) {
        // Ids are mostly consecutive, and are to be spread even if each second one is used.
        return (int) ((threadId * 0x9E37_79B9_7F4A_7C15L) >>> Integer.SIZE);
    }

    /** Whether tasks wait for a permit. */
    boolean tasksWait() {
        return longs.get(flagLine, 0) != 0;
    }

    /** Says whether tasks wait; with the pool's lock held. */
    void setTasksWait(boolean wait) {
        longs.set(flagLine, 0, wait ? 1 : 0);
    }

    /**
     * Takes a permit if one is free. For who does not hold the pool's lock and gets none, {@link
     * #tasksWait()} tells afterwards whether one is to be handed on that this may have hidden.
     *
     * @return how many permits are taken now, this one among them: exactly that if there is one
     *     word, else a lower bound; zero if none was free
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

    /** A look at all words each time would cost too much. */
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
     * Gives a permit back. Who does not hold the pool's lock looks afterwards whether {@linkplain
     * #tasksWait tasks wait}.
     *
     * @param succeeded whether a task has, that is to be counted
     * @return whether {@link #moveSuccesses} is to be called
     */
    boolean give(int stripe, boolean succeeded) {
        return add(stripe, succeeded ? ONE_SUCCESS + 1 : 1);
    }

    /**
     * A task has succeeded whose permit goes another way.
     *
     * @return whether {@link #moveSuccesses} is to be called
     */
    boolean countSuccess(int stripe) {
        return add(stripe, ONE_SUCCESS);
    }

    private boolean add(int stripe, long what) {
        return successes(longs.getAndAdd(stripe & mask, WORD, what)) >= MANY;
    }

    /** Makes room for the next ones; with the pool's lock held. */
    void moveSuccesses(int stripe) {
        int word = stripe & mask;
        while (successes(longs.get(word, WORD)) >= MANY) {
            longs.getAndAdd(word, WORD, -MANY * ONE_SUCCESS);
            longs.getAndAdd(word, MOVED, MANY);
        }
    }

    /** A task has begun. */
    void countBegun(int stripe) {
        longs.getAndAdd(stripe & mask, BEGUN, 1);
    }

    /** How many tasks have begun. */
    long begun() {
        long sum = 0;
        for (int word = 0; word <= mask; word++) {
            sum += longs.get(word, BEGUN);
        }
        return sum;
    }

    /** How many tasks have succeeded; with the pool's lock held. */
    long succeeded() {
        long sum = 0;
        for (int word = 0; word <= mask; word++) {
            sum += successes(longs.get(word, WORD)) + longs.get(word, MOVED);
        }
        return sum;
    }

    /** Whether there is a free one. */
    boolean anyFree() {
        for (int word = 0; word <= mask; word++) {
            if (free(longs.get(word, WORD)) > 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * How many permits are taken. Where there are several words they are read again until none has
     * changed in between, so that all of them were so at one moment. In a pool that is too busy for
     * that, it is the least that was found.
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

    /** Has the successes of a word be that many; for tests. */
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
