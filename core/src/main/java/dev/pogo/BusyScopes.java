package dev.pogo;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * The scopes of a runtime that have spawned a task or made a channel and are not closed. The links
 * between them are in the scopes themselves, so that one costs no memory here and entering it
 * cannot fail.
 *
 * <p>Not thread-safe; the runtime's lock guards it and the links.
 */
final class BusyScopes {
    /** More than one, so that the round gains on those that are added meanwhile. */
    private static final int LOOKS = 2;

    /** So few that it costs little to look each time. */
    private static final int FEW = 8;

    /** After a round in vain, one call of so many looks. */
    private static final int PAUSE = 8;

    private @Nullable PogoScope newest;
    private @Nullable PogoScope oldest;

    /** Where the round of {@link #nextAbandoned()} goes on; null for the oldest. */
    private @Nullable PogoScope next;

    private int size;

    /** How many this has looked at since it found the last one. */
    private int inVain;

    /** How many calls have not looked since one did. */
    private int paused;

    int size() {
        return size;
    }

    /** Adds it, unless it is here. */
    void add(PogoScope scope) {
        if (scope.busyAfter != null || newest == scope) {
            return;
        }
        PogoScope older = newest;
        if (older == null) {
            oldest = scope;
        } else {
            older.busyAfter = scope;
        }
        scope.busyBefore = older;
        newest = scope;
        size++;
    }

    /** Takes it out, if it is here. */
    void remove(PogoScope scope) {
        PogoScope before = scope.busyBefore;
        PogoScope after = scope.busyAfter;
        if (after != null) {
            after.busyBefore = before;
        } else if (newest == scope) {
            newest = before;
        } else {
            return;
        }
        if (before == null) {
            oldest = after;
        } else {
            before.busyAfter = after;
        }
        if (next == scope) {
            next = after;
        }
        scope.busyBefore = null;
        scope.busyAfter = null;
        size--;
    }

    /**
     * One that its owner has left open and cannot close any more, as that thread has ended; null if
     * there is none among the few that this looks at. Each call looks at the next ones, round and
     * round. With a call for each scope that is added, there are never many more of those that are
     * abandoned than of the others.
     *
     * <p>A look costs more than all else here, for the scope and its thread are mostly in use by
     * another processor. So after a round in vain, most calls do not look; those that do look at
     * the last but one as well, which tells soon if scopes are abandoned one after the other.
     */
    @Nullable PogoScope nextAbandoned() {
        boolean calm = size > FEW && inVain > 2 * size;
        if (calm && ++paused < PAUSE) {
            return null;
        }
        paused = 0;
        PogoScope found = null;
        if (calm && newest != null) {
            found = ifAbandoned(newest.busyBefore);
        }
        for (int i = 0; i < LOOKS && found == null; i++) {
            PogoScope scope = next == null ? oldest : next;
            if (scope == null) {
                return null;
            }
            next = scope.busyAfter;
            found = ifAbandoned(scope);
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

    /** A copy, newest first. */
    List<PogoScope> snapshot() {
        List<PogoScope> scopes = new ArrayList<>(size);
        for (PogoScope scope = newest; scope != null; scope = scope.busyBefore) {
            scopes.add(scope);
        }
        return scopes;
    }
}
