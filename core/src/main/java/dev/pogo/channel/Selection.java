package dev.pogo.channel;

import dev.pogo.sync.Timeout;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** One select that has to wait: its waiter stands in a place for each case. */
final class Selection<K> {
    private final List<SelectCase<K>> cases;
    private final Waiter waiter = new Waiter();

    /** In the order of the cases. */
    private final Place[] places;

    /** Those of the cases that are no channels, with their places. */
    private final List<Source<?>> sources = new ArrayList<>();

    private final List<Place> sourcePlaces = new ArrayList<>();

    /** Makes all that is needed, so that nothing fails for want of memory once it is enlisted. */
    Selection(List<SelectCase<K>> cases) {
        this.cases = cases;
        this.places = new Place[cases.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = i == 0 ? waiter : new Place(waiter, i);
            if (cases.get(i) instanceof SelectCase.Outcome<K> outcome) {
                sources.add(outcome.source);
                sourcePlaces.add(places[i]);
            }
        }
    }

    /** Waits for the first case; null if time ran out, and then nothing has happened. */
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
            // It was chosen before, which has happened and must not be lost.
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
        } finally {
            waiter.leave();
            for (int i = 0; i < enlisted; i++) {
                cases.get(i).forget(places[i]);
            }
        }
        Place chosen = waiter.chosen();
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
                            timed ? deadline : System.nanoTime() + Timeout.FOREVER);
        }
    }

    /** Chooses the source, unless another one is chosen or it has nothing any more. */
    private void take(int number) {
        Place place = sourcePlaces.get(number);
        waiter.chooseIf(
                place,
                () -> {
                    place.element = sources.get(number).take();
                    return place.element != null;
                });
    }
}
