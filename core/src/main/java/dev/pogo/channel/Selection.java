package dev.pogo.channel;

import dev.pogo.util.Nanos;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** A select that has to wait: its waiter has a node for each case. */
final class Selection<K> {
    private final List<SelectCase<K>> cases;
    private final ThreadWait waiter = new ThreadWait();

    /** Nodes of the waiter, in the order of the cases. */
    private final LineNode[] places;

    /** Sources of the cases that are not channels; {@link #sourcePlaces} has their nodes. */
    private final List<Source<?>> sources = new ArrayList<>();

    private final List<LineNode> sourcePlaces = new ArrayList<>();

    /** Allocates all that is needed, so that no allocation fails once a node is lined up. */
    Selection(List<SelectCase<K>> cases) {
        this.cases = cases;
        this.places = new LineNode[cases.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = i == 0 ? waiter : new LineNode(waiter, i);
            if (cases.get(i) instanceof SelectCase.Outcome<K> outcome) {
                sources.add(outcome.source);
                sourcePlaces.add(places[i]);
            }
        }
    }

    /** Waits for the first case; returns null if time runs out, and then nothing has happened. */
    @Nullable Selected<K> await(boolean timed, long deadline) throws InterruptedException {
        int enlisted = 0;
        try {
            while (enlisted < places.length && !waiter.isDecided()) {
                cases.get(enlisted).enlist(places[enlisted]);
                enlisted++;
            }
            if (sources.isEmpty()) {
                waiter.await(timed, deadline);
            } else {
                awaitSources(timed, deadline);
            }
        } catch (Throwable e) {
            if (waiter.leave()) {
                throw e;
            }
            // A case was chosen before; it has happened and must not be lost.
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
        } finally {
            waiter.leave();
            for (int i = 0; i < enlisted; i++) {
                cases.get(i).forget(places[i]);
            }
        }
        LineNode chosen = waiter.chosen();
        return chosen == null ? null : cases.get(chosen.number).done(chosen);
    }

    private void awaitSources(boolean timed, long deadline) throws InterruptedException {
        waiter.waitsElsewhere();
        if (!waiter.isDecided()) {
            sources.get(0)
                    .awaitAny(
                            sources,
                            this::take,
                            waiter::isDecided,
                            timed ? deadline : System.nanoTime() + Nanos.FOREVER);
        }
    }

    /** Chooses the source, unless another case is chosen or the source has nothing any more. */
    private void take(int number) {
        LineNode place = sourcePlaces.get(number);
        waiter.chooseIf(
                place,
                () -> {
                    place.element = sources.get(number).take();
                    return place.element != null;
                });
    }
}
