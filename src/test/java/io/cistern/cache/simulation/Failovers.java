package io.cistern.cache.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Lets a server take over that lacks what came last: a replica that has at least what was
 * confirmed, or one with an old snapshot. Instances find out one after the other, and believe the
 * old master until then, unless they ask for proof.
 */
final class Failovers {

    private static final int SHORT_WAY_MILLIS = 200;
    private static final int LONG_WAY_MILLIS = 5_000;

    private final Random random;
    private final Scenario scenario;
    private final FakeStore store;
    private final VirtualTime time;
    private final Checker checker;
    private final Supplier<List<Engine>> engines;
    private final List<State> states = new ArrayList<>();
    private State replica;
    private boolean pending;
    private boolean over;

    /** All partitions at one moment. */
    private record State(long tick, long edits, List<StoreModel.Snapshot> partitions) {}

    Failovers(
            Random random,
            Scenario scenario,
            FakeStore store,
            VirtualTime time,
            Checker checker,
            Supplier<List<Engine>> engines) {
        this.random = random;
        this.scenario = scenario;
        this.store = store;
        this.time = time;
        this.checker = checker;
        this.engines = engines;
        if (scenario.replicas() > 0) {
            store.confirmedBy(this);
        }
    }

    /** The replica has all that the master has. */
    void replicate() {
        var same = replica != null && store.edits() == replica.edits;
        var state = same ? replica.partitions : store.snapshot();
        replica = new State(checker.now(), store.edits(), state);
    }

    /** Time for a snapshot, or for a server to fail. */
    void happen() {
        if (random.nextInt(3) > 0) {
            replicate();
            states.add(replica);
        } else if (scenario.replicas() > 0 && (scenario.crashes() > 0 || random.nextInt(4) > 0)) {
            takeOver();
        } else if (!states.isEmpty() && (scenario.crashes() == 0 || isWitnessed())) {
            setBack();
        }
    }

    /**
     * Whether an instance is there that will miss what a server lacks, though those who know what
     * it was may be gone.
     */
    private boolean isWitnessed() {
        return !pending && engines.get().stream().anyMatch(it -> it.session.isUpToDate());
    }

    /**
     * An instance has seen that something was invalidated, and does not know what: the worst moment
     * for those to be lost who do, and what they told.
     *
     * @param others lets them all crash
     */
    void ahead(Engine witness, Runnable others) {
        if (scenario.crashes() > 0 && scenario.replicas() == 0 && random.nextInt(6) == 0) {
            // As soon as it has asked for what it does not know.
            time.later(
                    1,
                    () -> {
                        if (!over && !pending && !states.isEmpty() && isAhead(witness)) {
                            others.run();
                            setBack();
                        }
                    });
        }
    }

    private static boolean isAhead(Engine witness) {
        return !witness.isCrashed()
                && witness.session.isUpToDate()
                && witness.session.isAheadOfMarks();
    }

    /** No server fails any more. */
    void end() {
        over = true;
    }

    /** Whether somebody who may know what is missing has yet to come. */
    boolean isPending() {
        return pending;
    }

    /** A change was acknowledged: the worst moment for the master to be lost. */
    void acknowledged() {
        if (scenario.replicas() > 0 && random.nextInt(6) == 0) {
            takeOver();
        }
    }

    private void takeOver() {
        if (replica == null) {
            return;
        }
        store.promote(replica.partitions);
        checker.failedOver(replica.tick);
        var dies = random.nextInt(3) == 0;
        engines.get().forEach(it -> move(it.session, dies ? 0 : way()));
    }

    /** Mostly to what it was just now, sometimes to what it was long ago. */
    private void setBack() {
        var last = states.size() - 1;
        var state = states.get(random.nextInt(3) > 0 ? last : random.nextInt(states.size()));
        store.promote(state.partitions);
        replica = state;
        checker.setBack(state.tick);
        engines.get().forEach(it -> move(it.session, 0));
    }

    /** An instance notices after a while that another server is the master now. */
    private void move(FakeSession session, long after) {
        pending = true;
        if (after == 0) {
            session.cut();
            time.later(way(), session::reconnect);
        } else {
            time.later(
                    after,
                    () -> {
                        if (!session.isAtMaster()) {
                            session.cut();
                            time.later(way(), session::reconnect);
                        }
                    });
        }
    }

    /** Some come so late that others have gone on for long. */
    private long way() {
        var longest = random.nextInt(3) == 0 ? LONG_WAY_MILLIS : SHORT_WAY_MILLIS;
        return random.nextInt(longest) * 1_000_000L;
    }

    /** Looks whether all who know what is missing have said so. */
    void look() {
        if (pending && engines.get().stream().allMatch(it -> it.session.hasGreeted())) {
            pending = false;
            checker.healed();
        }
    }
}
