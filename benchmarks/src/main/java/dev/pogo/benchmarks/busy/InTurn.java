package dev.pogo.benchmarks.busy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Slices of all contenders in turn, again and again: a machine that is slow for a while is so for
 * each of them, and the quotient of two slices of one round is not.
 *
 * @param <C> what stands for a contender
 */
final class InTurn<C> {
    /** Runs one contender for a while. */
    interface Slice<C> {
        Cost run(C contender) throws InterruptedException, LoadFailedException, StuckException;
    }

    private final Map<C, List<Cost>> costs = new LinkedHashMap<>();
    private final Map<C, LoadFailedException> failures = new LinkedHashMap<>();

    InTurn(Collection<? extends C> contenders) {
        contenders.forEach(contender -> costs.put(contender, new ArrayList<>()));
    }

    /** Runs each of them once, and keeps nothing but who failed. */
    void warmUp(Slice<? super C> slice) throws InterruptedException, StuckException {
        each(slice, (contender, cost) -> {});
    }

    /** Runs each of them once, without those that have failed before. */
    void round(Slice<? super C> slice) throws InterruptedException, StuckException {
        each(slice, this::keep);
    }

    private interface Keep<C> {
        void accept(C contender, Cost cost) throws LoadFailedException;
    }

    private void each(Slice<? super C> slice, Keep<C> keep)
            throws InterruptedException, StuckException {
        for (C contender : List.copyOf(costs.keySet())) {
            try {
                keep.accept(contender, slice.run(contender));
            } catch (LoadFailedException e) {
                costs.remove(contender);
                failures.put(contender, e);
            }
        }
    }

    private void keep(C contender, Cost cost) throws LoadFailedException {
        if (cost.requestsPerSecond() == 0) {
            throw new LoadFailedException("no request has ended within a slice", null);
        }
        Objects.requireNonNull(costs.get(contender)).add(cost);
    }

    /** What each of them took, one figure for each round; without those that have failed. */
    Map<C, List<Cost>> costs() {
        return costs;
    }

    /** Who has failed, and why. */
    Map<C, LoadFailedException> failures() {
        return failures;
    }
}
