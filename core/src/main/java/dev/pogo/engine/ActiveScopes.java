package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * The scopes of a runtime that have spawned a task or made a channel and are not closed. They are
 * kept in tables. A scope takes the first free one of a few slots that follow from its owner's
 * thread, so entering or leaving is one write, to a cache line that few other threads write. When
 * those slots are taken, the scope itself determines some in the next table, which is larger and is
 * created when first needed.
 *
 * <p>All methods may be called by any thread at any time. A thread that adds a scope checks
 * afterwards whether the runtime is being closed; the thread that closes the runtime first marks it
 * so and then reads all scopes. So one of the two sees the other.
 */
final class ActiveScopes {
    /** Slot of a scope that has not been added. */
    static final int NOWHERE = -1;

    /** Once {@link #CALM} scopes were examined in vain, one call in this many searches. */
    static final int PAUSE = 64;

    private static final int FIRST_BITS = 10;
    private static final int MORE_BITS = 3;
    private static final int TABLES = 6;
    private static final int PLACES_TRIED = 32;

    /** Maximum number of slots that a search passes. */
    private static final int FEW_PASSED = 256;

    /** As {@link #FEW_PASSED}, if scopes have been abandoned recently. */
    private static final int MANY_PASSED = 1 << FIRST_BITS;

    /** Maximum number of scopes that a search examines. */
    private static final int LOOKS = 8;

    /** After this many scopes were examined in vain, there are fewer searches. */
    private static final int CALM = 64;

    /** Each is set once. The slots of a later table have higher numbers. */
    private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable PogoScopeImpl>>
            tables = new AtomicReferenceArray<>(TABLES);

    /**
     * State of {@link #nextAbandoned}, each number far from the other and from everything else that
     * is read for each scope. Written without ordering, so a search may be repeated.
     */
    private final int[] search = new int[96];

    /** Index in {@link #search} of the slot at which the next search begins. */
    private static final int NEXT = 32;

    /** Index in {@link #search} of the number of scopes examined since one was found. */
    private static final int IN_VAIN = 64;

    ActiveScopes() {
        tables.set(0, new AtomicReferenceArray<>(1 << FIRST_BITS));
    }

    /**
     * Adds the scope, unless it is present. Not for several threads at a time with the same scope.
     */
    void add(PogoScopeImpl scope) {
        if (scope.busyPlace != NOWHERE && at(scope.busyPlace) == scope) {
            return;
        }
        long hash = scope.ownerId();
        int before = 0;
        for (int i = 0; i < TABLES; i++) {
            AtomicReferenceArray<@Nullable PogoScopeImpl> table = table(i);
            int mask = table.length() - 1;
            // In the last table every slot is tried before this fails.
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

    /** Returns the table of that number, creating it if necessary. */
    private AtomicReferenceArray<@Nullable PogoScopeImpl> table(int number) {
        AtomicReferenceArray<@Nullable PogoScopeImpl> table = tables.get(number);
        if (table == null) {
            AtomicReferenceArray<@Nullable PogoScopeImpl> made =
                    new AtomicReferenceArray<>(1 << (FIRST_BITS + number * MORE_BITS));
            table = tables.compareAndSet(number, null, made) ? made : table(number);
        }
        return table;
    }

    /** Removes the scope, if it is present. */
    void remove(PogoScopeImpl scope) {
        int place = scope.busyPlace;
        for (int i = 0; place >= 0 && i < TABLES; i++) {
            AtomicReferenceArray<@Nullable PogoScopeImpl> table = tables.get(i);
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
     * Returns a scope that its owner has left open and can no longer close because that thread has
     * ended; null if this finds none. Each call examines the next scopes, cyclically. With one call
     * for each scope that is added, there are never many more abandoned scopes than others.
     *
     * <p>A search costs more than everything else here, because the scopes and their threads are
     * mostly in use by another processor. So while all searches are in vain, most calls do nothing.
     *
     * @param chance a number that decides whether a call searches while all searches are in vain,
     *     such as the id of a task; 0 always searches
     */
    @Nullable PogoScopeImpl nextAbandoned(long chance) {
        int inVain = search[IN_VAIN];
        boolean calm = inVain >= CALM;
        if (calm && ((chance * 0x9E37_79B9_7F4A_7C15L) >>> 32) % PAUSE != 0) {
            return null;
        }
        int place = search[NEXT];
        int looks = 0;
        PogoScopeImpl found = null;
        for (int i = calm ? FEW_PASSED : MANY_PASSED; i > 0 && looks < LOOKS; i--) {
            PogoScopeImpl scope = at(place);
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

    /** Returns whether there is a table for the slot. */
    private boolean isUsed(int place) {
        int left = place;
        for (int i = 0; i < TABLES; i++) {
            AtomicReferenceArray<@Nullable PogoScopeImpl> table = tables.get(i);
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

    private @Nullable PogoScopeImpl at(int place) {
        int left = place;
        for (int i = 0; i < TABLES; i++) {
            AtomicReferenceArray<@Nullable PogoScopeImpl> table = tables.get(i);
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
     * Passes every scope in a range of slots to the visitor. A traversal that starts at 0 and
     * continues at each returned slot visits every scope that is present throughout.
     *
     * @param from the first slot
     * @param count the number of slots
     * @return the next slot, or {@link #NOWHERE} after the last
     */
    int visit(int from, int count, Consumer<PogoScopeImpl> visitor) {
        int to = from + count;
        int first = 0;
        for (int i = 0; i < TABLES; i++) {
            AtomicReferenceArray<@Nullable PogoScopeImpl> table = tables.get(i);
            if (table == null) {
                return NOWHERE;
            }
            int end = first + table.length();
            for (int place = Math.max(from, first); place < Math.min(to, end); place++) {
                PogoScopeImpl scope = table.get(place - first);
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

    /** Returns a copy, in no particular order. */
    List<PogoScopeImpl> snapshot() {
        List<PogoScopeImpl> copy = new ArrayList<>();
        for (int i = 0; i < TABLES; i++) {
            AtomicReferenceArray<@Nullable PogoScopeImpl> table = tables.get(i);
            for (int place = 0; table != null && place < table.length(); place++) {
                PogoScopeImpl scope = table.get(place);
                if (scope != null) {
                    copy.add(scope);
                }
            }
        }
        return copy;
    }
}
