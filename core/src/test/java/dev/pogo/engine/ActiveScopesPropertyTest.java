package dev.pogo.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The busy scopes behave as a set of them would. */
class ActiveScopesPropertyTest {
    private static final int SCOPES = 6;

    /** Each step is a scope: it enters if it is not here, and leaves otherwise. */
    @Property(tries = 200)
    void busyScopes_anySteps_behaveAsTheModel(
            @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 5) Integer> steps) {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        List<PogoScopeImpl> scopes = new ArrayList<>();
        for (int i = 0; i < SCOPES; i++) {
            scopes.add(new PogoScopeImpl(runtime, null, null, null));
        }
        List<PogoScopeImpl> model = new ArrayList<>();
        ActiveScopes busy = new ActiveScopes();
        for (int step : steps) {
            PogoScopeImpl scope = scopes.get(step);
            if (model.remove(scope)) {
                busy.remove(scope);
                busy.remove(scope); // once more does nothing
            } else {
                model.add(0, scope);
                busy.add(scope);
                busy.add(scope); // once more does nothing
            }
            assertEquals(model.size(), busy.snapshot().size());
            assertEquals(Set.copyOf(model), Set.copyOf(busy.snapshot()));
        }
    }

    /** Each step is a scope that enters or leaves; those with even numbers are abandoned. */
    @Property(tries = 200)
    void nextAbandoned_afterAnySteps_givesEachInOneRoundWithPauses(
            @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 5) Integer> steps)
            throws InterruptedException {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        List<PogoScopeImpl> scopes = new ArrayList<>();
        for (int i = 0; i < SCOPES; i += 2) {
            Thread owner =
                    Thread.startVirtualThread(
                            () -> scopes.add(new PogoScopeImpl(runtime, null, null, null)));
            owner.join();
            scopes.add(new PogoScopeImpl(runtime, null, null, null));
        }
        Set<PogoScopeImpl> expected = new HashSet<>();
        ActiveScopes busy = new ActiveScopes();
        for (int step : steps) {
            PogoScopeImpl scope = scopes.get(step);
            if (busy.snapshot().contains(scope)) {
                busy.remove(scope);
                expected.remove(scope);
            } else {
                busy.add(scope);
                if (step % 2 == 0) {
                    expected.add(scope);
                }
            }
            PogoScopeImpl found = busy.nextAbandoned(step);
            assertTrue(found == null || expected.contains(found));
        }
        Set<PogoScopeImpl> found = new HashSet<>();
        for (int i = 0; i < ActiveScopes.PAUSE * scopes.size(); i++) {
            PogoScopeImpl next = busy.nextAbandoned(i);
            if (next != null) {
                found.add(next);
            }
        }
        assertEquals(expected, found);
    }

    /** As a thread that leaves its scopes open has. */
    @Test
    void add_manyOfOneThread_takesOnlyPlacesInProportion() {
        PogoRuntimeImpl runtime = Runtimes.ofSize(1);
        ActiveScopes busy = new ActiveScopes();
        List<PogoScopeImpl> scopes = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            PogoScopeImpl scope = new PogoScopeImpl(runtime, null, null, null);
            busy.add(scope);
            scopes.add(scope);
            assertTrue(scope.busyPlace < 100_000, "place " + scope.busyPlace);
        }
        assertEquals(Set.copyOf(scopes), Set.copyOf(busy.snapshot()));
        scopes.forEach(busy::remove);
        assertEquals(List.of(), busy.snapshot());
    }
}
