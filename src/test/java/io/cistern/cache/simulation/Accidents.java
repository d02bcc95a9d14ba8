package io.cistern.cache.simulation;

import java.util.Random;

/** What befalls the store and the clocks. */
final class Accidents implements Weather {

    private final Random random;
    private final Scenario scenario;
    private final VirtualTime time;
    private final FakeStore store;
    private final Checker checker;
    private final boolean correctable;
    private long wall;

    /**
     * @param correctable whether the store's time may be corrected
     */
    Accidents(
            Random random,
            Scenario scenario,
            VirtualTime time,
            FakeStore store,
            Checker checker,
            boolean correctable) {
        this.random = random;
        this.scenario = scenario;
        this.time = time;
        this.store = store;
        this.checker = checker;
        this.correctable = correctable;
    }

    /** By how much the wall clock is wrong, in milliseconds. */
    long wall() {
        return wall;
    }

    @Override
    public Weather.Fate next(Weather.Operation operation) {
        var outcome = Weather.Outcome.SUCCEEDS;
        if (random.nextDouble() < scenario.storeTrouble()) {
            outcome = Weather.Outcome.values()[random.nextInt(Weather.Outcome.values().length)];
        }
        return new Weather.Fate(delay(), delay(), outcome);
    }

    /** How late something arrives, in nanoseconds. */
    long delay() {
        return random.nextInt(5) < 2 ? 0 : random.nextInt(scenario.slowness() * 1000) * 1000L;
    }

    /** The store goes away or is back. */
    void comeAndGo() {
        if (scenario.storeTrouble() == 0) {
            return;
        }
        if (store.isReachable()) {
            var known = random.nextBoolean();
            checker.disturbed("the store goes away" + (known ? "" : " unnoticed"));
            store.leave(known);
        } else {
            checker.disturbed("the store is back");
            store.come();
        }
    }

    /** The store loses something. */
    void lose() {
        var model = store.model(random.nextInt(store.partitions()));
        switch (random.nextInt(3)) {
            case 0 -> {
                var key = scenario.keys().get(random.nextInt(scenario.keys().size()));
                for (var i = 0; i < store.partitions(); i++) {
                    if (store.model(i).evict(key)) {
                        checker.disturbed("the lease of " + key + " is lost");
                    }
                }
                checker.evicted(key);
            }
            case 1 -> {
                if (scenario.storeTrouble() > 0) {
                    checker.disturbed("the order is lost");
                    model.loseOrder();
                }
            }
            default -> {
                if (scenario.storeTrouble() > 0) {
                    checker.disturbed("the marks are lost");
                    model.loseMarks();
                }
            }
        }
    }

    /** Somebody sets a clock. */
    void correct() {
        wall += (random.nextInt(7) - 3) * 600_000L;
        if (correctable) {
            var by =
                    random.nextInt(4) == 0
                            ? random.nextInt(20_000) - 10_000
                            : random.nextInt(41) - 20;
            checker.disturbed("the store's time is corrected by " + by + " ms");
            time.correctMillis(by);
        }
    }
}
