package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * The scopes of a runtime that have spawned a task or made a channel and are not closed. They stand
 * in tables, each in the first free one of a few places that its owner's thread gives: so to enter
 * or to leave is one write, to a cache line that few others write. When those places are taken, the
 * scope itself gives some in the next table, which is larger, and made when it is first needed.
 *
 * <p>All methods may be called by any thread at any time. Who enters looks afterwards whether the
 * runtime is being closed; who closes it says so first, and looks at all scopes then. So one of the
 * two sees the other.
 */
final class BusyScopes {
    /** The place of a scope that has not entered. */
    static final int NOWHERE = -1;

    /** After a round in vain, one look of so many is taken. */
    static final int PAUSE = 64;

    private static final int FIRST_BITS = 10;
    private static final int MORE_BITS = 3;
    private static final int TABLES = 6;
    private static final int PLACES_TRIED = 32;

    /** How many places a look passes. */
    private static final int FEW_PASSED = 256;

    /** Likewise if scopes have been abandoned lately. */
    private static final int MANY_PASSED = 1 << FIRST_BITS;

    /** How many scopes a look looks at. */
    private static final int LOOKS = 8;

    /** After so many scopes that were looked at in vain, there are fewer looks. */
    private static final int CALM = 64;

    /** Each is set once. The places of a later one have higher numbers. */
    private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable PogoScope>> tables =
            new AtomicReferenceArray<>(TABLES);

    /**
     * What {@link #nextAbandoned} keeps, each number far from the other and from all else that is
     * read for each scope. Written without any order, which may repeat a look.
     */
    private final int[] search = new int[96];

    /** In {@link #search}: where the next look begins. */
    private static final int NEXT = 32;

    /** In {@link #search}: how many scopes have been looked at since one was found. */
    private static final int IN_VAIN = 64;

    BusyScopes() {
        tables.set(0, new AtomicReferenceArray<>(1 << FIRST_BITS));
    }

    /** Adds it, unless it is here. Not for several threads at a time with the same scope. */
    void add(PogoScope scope) {
        if (scope.busyPlace != NOWHERE && at(scope.busyPlace) == scope) {
            return;
        }
        long hash = scope.ownerId();
        int before = 0;
        for (int i = 0; i < TABLES; i++) {
            AtomicReferenceArray<@Nullable PogoScope> table = table(i);
            int mask = table.length() - 1;
            // All places of the last table, before there are too many.
            int tried = i == TABLES - 1 ? table.length() : PLACES_TRIED;
            for (int j = 0; j < tried; j++) {
                int place = (int) (((hash * 0x9E37_79B9_7F4A_7C15L) >>> 32) + j * 17L) & mask;
                if (table.get(place) == null) {
                    scope.busyPlace = before + place;
                    if (table.compareAndSet(place, null, scope)) {
                        return;
                    }
                }
            }
            before += table.length();
            hash = System.identityHashCode(scope); // one thread may have opened many
        }
        scope.busyPlace = NOWHERE;
        throw new IllegalStateException("there are " + before + " open scopes that have tasks");
    }

    /** The table of that number, which this makes if need be. */
    private AtomicReferenceArray<@Nullable PogoScope> table(int number) {
        AtomicReferenceArray<@Nullable PogoScope> table = tables.get(number);
        if (table == null) {
            AtomicReferenceArray<@Nullable PogoScope> made =
                    new AtomicReferenceArray<>(1 << (FIRST_BITS + number * MORE_BITS));
            table = tables.compareAndSet(number, null, made) ? made : table(number);
        }
        return table;
    }

    /** Takes it out, if it is here. */
    void remove(PogoScope scope) {
        int place = scope.busyPlace;
        for (int i = 0; place >= 0 && i < TABLES; i++) {
            AtomicReferenceArray<@Nullable PogoScope> table = tables.get(i);
            if (table == null) {
                return;
            }
            if (place < table.length()) {
                table.compareAndSet(place, scope, null);
                return;
            }
            place -= table.length();
        }
    }

    /**
     * One that its owner has left open and cannot close any more, as that thread has ended; null if
     * this finds none. Each call looks at the next ones, round and round. With a call for each
     * scope that is added, there are never many more of those that are abandoned than of the
     * others.
     *
     * <p>A look costs more than all else here, for the scopes and their threads are mostly in use
     * by another processor. So while all looks are in vain, most calls do nothing.
     *
     * @param chance a number that decides whether a call looks while all looks are in vain, such as
     *     the id of a task; 0 always looks
     */
    @Nullable PogoScope nextAbandoned(long chance) {
        int inVain = search[IN_VAIN];
        boolean calm = inVain >= CALM;
        if (calm && ((chance * 0x9E37_79B9_7F4A_7C15L) >>> 32) % PAUSE != 0) {
            return null;
        }
        int place = search[NEXT];
        int looks = 0;
        PogoScope found = null;
        for (int i = calm ? FEW_PASSED : MANY_PASSED; i > 0 && looks < LOOKS; i--) {
            PogoScope scope = at(place);
            place = scope != null || isUsed(place) ? place + 1 : 0;
            if (scope != null) {
                looks++;
                if (scope.isAbandoned()) {
                    found = scope;
                    break;
                }
            }
        }
        search[NEXT] = place;
        if (found != null) {
            search[IN_VAIN] = 0;
        } else if (!calm) {
            search[IN_VAIN] = inVain + Math.max(1, looks);
        }
        return found;
    }

    /** Whether there is a table for the place. */
    private boolean isUsed(int place) {
        int left = place;
        for (int i = 0; i < TABLES; i++) {
            AtomicReferenceArray<@Nullable PogoScope> table = tables.get(i);
            if (table == null) {
                return false;
            }
            if (left < table.length()) {
                return true;
            }
            left -= table.length();
        }
        return false;
    }

    private @Nullable PogoScope at(int place) {
        int left = place;
        for (int i = 0; i < TABLES; i++) {
            AtomicReferenceArray<@Nullable PogoScope> table = tables.get(i);
            if (table == null) {
                return null;
            }
            if (left < table.length()) {
                return table.get(left);
            }
            left -= table.length();
        }
        return null;
    }

    /**
     * Passes to the visitor every scope in some places. A traversal that starts at 0 and goes on
     * with each returned place visits every scope that is here throughout.
     *
     * @param from the first place
     * @param count how many places there are
     * @return the next place, or {@link #NOWHERE} after the last
     */
    int visit(int from, int count, Consumer<PogoScope> visitor) {
        int to = from + count;
        int first = 0;
        for (int i = 0; i < TABLES; i++) {
            AtomicReferenceArray<@Nullable PogoScope> table = tables.get(i);
            if (table == null) {
                return NOWHERE;
            }
            int end = first + table.length();
            for (int place = Math.max(from, first); place < Math.min(to, end); place++) {
                PogoScope scope = table.get(place - first);
                if (scope != null) {
                    visitor.accept(scope);
                }
            }
            if (to < end) {
                return to;
            }
            first = end;
        }
        return NOWHERE;
    }

    /** A copy, in any order. */
    List<PogoScope> snapshot() {
        List<PogoScope> copy = new ArrayList<>();
        for (int i = 0; i < TABLES; i++) {
            AtomicReferenceArray<@Nullable PogoScope> table = tables.get(i);
            for (int place = 0; table != null && place < table.length(); place++) {
                PogoScope scope = table.get(place);
                if (scope != null) {
                    copy.add(scope);
                }
            }
        }
        return copy;
    }
}
