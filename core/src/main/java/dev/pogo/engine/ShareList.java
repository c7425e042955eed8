package dev.pogo.engine;

import org.jspecify.annotations.Nullable;

/**
 * A list of {@link PermitShare}s from which any share can be removed in O(1). The links are created
 * with the shares, so that adding a share needs no memory. Not thread-safe; the lock of the pool
 * guards its lists and all links.
 */
final class ShareList {
    /** A share's node, which is in at most one list at a time. */
    static final class Link {
        final PermitShare share;

        /** The list that contains this node, or null. */
        private @Nullable ShareList list;

        private @Nullable Link before;
        private @Nullable Link after;

        Link(PermitShare share) {
            this.share = share;
        }

        boolean isIn(ShareList other) {
            return list == other;
        }

        /** Removes this node from the list that contains it, if any. */
        void leave() {
            ShareList left = list;
            if (left != null) {
                left.remove(this);
            }
        }
    }

    private @Nullable Link first;
    private @Nullable Link last;
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return first == null;
    }

    /** Returns the first share, or null. */
    @Nullable PermitShare first() {
        return first == null ? null : first.share;
    }

    /** Returns the share after the one of the link, which is in this list; null after the last. */
    @Nullable PermitShare after(Link link) {
        Link next = link.after;
        return next == null ? null : next.share;
    }

    /** Adds a share that is in no list at the head. */
    void addFirst(Link link) {
        Link second = first;
        link.list = this;
        link.after = second;
        if (second == null) {
            last = link;
        } else {
            second.before = link;
        }
        first = link;
        size++;
    }

    /** Adds a share that is in no list at the tail. */
    void addLast(Link link) {
        Link ahead = last;
        link.list = this;
        link.before = ahead;
        if (ahead == null) {
            first = link;
        } else {
            ahead.after = link;
        }
        last = link;
        size++;
    }

    private void remove(Link link) {
        Link before = link.before;
        Link after = link.after;
        if (before == null) {
            first = after;
        } else {
            before.after = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.before = before;
        }
        link.list = null;
        link.before = null;
        link.after = null;
        size--;
    }
}
