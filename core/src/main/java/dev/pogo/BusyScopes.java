package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The scopes of a runtime that have spawned a task or made a channel and are not closed. They stand
 * in an array and know their places: to enter or to leave touches no other scope, which another
 * processor may use.
 *
 * <p>Not thread-safe; the runtime's lock guards it and the places.
 */
final class BusyScopes {
    /** The place of a scope that is not here. */
    static final int NOWHERE = -1;

    private static final int LEAST_PLACES = 8;

    /** Enough that the round gains on those that are added meanwhile. */
    private static final int LOOKS = 8;

    /** So few that it costs little to look each time. */
    private static final int FEW = 2;

    /** After a round in vain, one call of so many looks. */
    static final int PAUSE = 8;

    /** How many empty places a call passes at most. */
    private static final int MOST_PASSED = 64;

    private @Nullable PogoScope[] scopes = new @Nullable PogoScope[LEAST_PLACES];

    /** The empty places among those that have been used. */
    private int[] empty = new int[LEAST_PLACES];

    private int emptyCount;

    /** How many places have been used since there was no scope. */
    private int used;

    /** The places that were given last. */
    private int lastPlace;

    private int lastButOne;

    /** Where the round of {@link #nextAbandoned()} goes on. */
    private int next;

    /** How many this has looked at since it found the last one. */
    private int inVain;

    /** How many calls have not looked since one did. */
    private int paused;

    int size() {
        return used - emptyCount;
    }

    /** Adds it, unless it is here. Changes nothing if it fails for want of memory. */
    void add(PogoScope scope) {
        if (scope.busyPlace != NOWHERE) {
            return;
        }
        if (emptyCount == 0 && used == scopes.length) {
            int[] more = Arrays.copyOf(empty, 2 * used);
            scopes = Arrays.copyOf(scopes, 2 * used);
            empty = more;
        }
        int place = emptyCount > 0 ? empty[--emptyCount] : used++;
        scopes[place] = scope;
        scope.busyPlace = place;
        lastButOne = lastPlace;
        lastPlace = place;
    }

    /** Takes it out, if it is here. */
    void remove(PogoScope scope) {
        int place = scope.busyPlace;
        if (place == NOWHERE) {
            return;
        }
        scope.busyPlace = NOWHERE;
        scopes[place] = null;
        empty[emptyCount++] = place;
        if (emptyCount == used) {
            used = 0;
            emptyCount = 0;
        }
    }

    /**
     * One that its owner has left open and cannot close any more, as that thread has ended; null if
     * there is none among the few that this looks at. Each call looks at the next ones, round and
     * round. With a call for each scope that is added, there are never many more of those that are
     * abandoned than of the others.
     *
     * <p>A look costs more than all else here, for the scope and its thread are mostly in use by
     * another processor. So after a round in vain, most calls do not look; the others look at the
     * next one, and at the last but one, which tells soon if scopes are abandoned one after the
     * other.
     */
    @Nullable PogoScope nextAbandoned() {
        boolean calm = size() > FEW && inVain > 2 * size();
        if (calm && ++paused < PAUSE) {
            return null;
        }
        paused = 0;
        PogoScope found = calm ? ifAbandoned(scopes[lastButOne]) : null;
        int looks = calm ? 1 : Math.min(LOOKS, size());
        for (int i = 0; i < MOST_PASSED && looks > 0 && found == null; i++) {
            next = next + 1 < used ? next + 1 : 0;
            PogoScope scope = scopes[next];
            if (scope != null) {
                looks--;
                found = ifAbandoned(scope);
            }
        }
        return found;
    }

    private @Nullable PogoScope ifAbandoned(@Nullable PogoScope scope) {
        if (scope != null && scope.isAbandoned()) {
            inVain = 0;
            return scope;
        }
        inVain++;
        return null;
    }

    /** A copy, in any order. */
    List<PogoScope> snapshot() {
        List<PogoScope> copy = new ArrayList<>(size());
        for (int place = 0; place < used; place++) {
            PogoScope scope = scopes[place];
            if (scope != null) {
                copy.add(scope);
            }
        }
        return copy;
    }
}
