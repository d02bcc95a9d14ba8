package io.cistern.cache.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Sets the store back to what it was, as if a server took over that lacks what came later. */
final class Failovers {

    private static final int SHORT_WAY_MILLIS = 200;
    private static final int LONG_WAY_MILLIS = 5_000;

    private final Random random;
    private final FakeStore store;
    private final VirtualTime time;
    private final Checker checker;
    private final Supplier<List<Engine>> engines;
    private final List<State> states = new ArrayList<>();
    private boolean pending;

    /** All partitions at one moment. */
    private record State(long tick, List<StoreModel.Snapshot> partitions) {}

    Failovers(
            Random random,
            FakeStore store,
            VirtualTime time,
            Checker checker,
            Supplier<List<Engine>> engines) {
        this.random = random;
        this.store = store;
        this.time = time;
        this.checker = checker;
        this.engines = engines;
    }

    /** Remembers how the store is. */
    void remember() {
        var partitions = new ArrayList<StoreModel.Snapshot>();
        for (var i = 0; i < store.partitions(); i++) {
            partitions.add(store.model(i).snapshot());
        }
        if (!partitions.contains(null)) {
            states.add(new State(checker.now(), partitions));
        }
    }

    /** Mostly to what it was just now, sometimes to what it was long ago. */
    void setBack() {
        if (states.isEmpty()) {
            return;
        }
        var last = states.size() - 1;
        var state = states.get(random.nextInt(3) > 0 ? last : random.nextInt(states.size()));
        for (var i = 0; i < store.partitions(); i++) {
            store.model(i).restore(state.partitions.get(i));
        }
        pending = true;
        checker.setBack(state.tick);
        for (var engine : engines.get()) {
            engine.session.cut();
            // Some come so late that others have gone on for long.
            var longest = random.nextInt(3) == 0 ? LONG_WAY_MILLIS : SHORT_WAY_MILLIS;
            var way = random.nextInt(longest) * 1_000_000L;
            time.later(way, engine.session::reconnect);
        }
    }

    /** Looks whether all who know what is missing have said so. */
    void look() {
        if (pending && engines.get().stream().allMatch(it -> it.session.hasGreeted())) {
            pending = false;
            checker.healed();
        }
    }
}
