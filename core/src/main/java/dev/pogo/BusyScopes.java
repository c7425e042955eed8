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
    private @Nullable PogoScope newest;
    private int size;

    int size() {
        return size;
    }

    /** Adds it, unless it is here. */
    void add(PogoScope scope) {
        if (scope.busyAfter != null || newest == scope) {
            return;
        }
        PogoScope older = newest;
        if (older != null) {
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
        if (before != null) {
            before.busyAfter = after;
        }
        scope.busyBefore = null;
        scope.busyAfter = null;
        size--;
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
