package io.cistern.cache;

import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Lease;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sees to it that of all instances one loads a key: it asks the store for leases, and lets flights
 * wait whose lease another instance holds. They are woken by news of its end, and look by
 * themselves from time to time, since news may be lost and holders may die.
 */
final class Leasing {

    private static final long FIRST_LOOK = Duration.ofMillis(10).toNanos();
    private static final long LAST_LOOK = Duration.ofMillis(100).toNanos();

    private final Tiers tiers;
    private final Clock clock;
    private final Timers timers;
    private final Backplane backplane;
    private final Duration hardTimeout;
    private final HeldLeases held;
    private final Map<String, Set<Wait>> waiting = new ConcurrentHashMap<>();

    Leasing(Tiers tiers, CachePolicy policy, Clock clock, Timers timers, Backplane backplane) {
        this.tiers = tiers;
        this.clock = clock;
        this.timers = timers;
        this.backplane = backplane;
        this.hardTimeout = policy.hardTimeout();
        this.held = new HeldLeases(tiers, policy, clock, timers);
    }

    /** What is to be done with flights that asked for a lease. */
    interface Next {
        /**
         * They may load.
         *
         * @param owner of their leases; null where they load without, since the store is away
         */
        void load(List<Flight> flights, String owner);

        /** Another instance loads what nobody waits for. */
        void giveUp(Flight flight);

        /** Something may be there by now. */
        void lookAgain(List<Flight> flights);

        /** It waited as long as a load may take. */
        void timeOut(Flight flight);
    }

    /** Asks for leases of keys under which nothing fresh was found. */
    void ask(Replica replica, List<Flight> flights, Tiers.Seen seen, Next next) {
        var wanted = flights.stream().map(flight -> wanted(flight, seen)).toList();
        var owner = held.begin(replica, keys(flights));
        tiers.lease(replica, wanted, owner, held.lifetime())
                .whenComplete(
                        (leases, error) -> {
                            if (error == null) {
                                sort(replica, flights, leases, owner, seen, next);
                            } else {
                                held.over(owner, keys(flights));
                                next.load(flights, null);
                            }
                        });
    }

    private static Lease.Wanted wanted(Flight flight, Tiers.Seen seen) {
        var whatever = flight.isRefresh() || flight.isSurprised();
        return new Lease.Wanted(
                flight.key(), whatever ? null : seen.position(flight.key()), flight.doomedLease());
    }

    private void sort(
            Replica replica,
            List<Flight> flights,
            Map<String, Lease> leases,
            String owner,
            Tiers.Seen seen,
            Next next) {
        List<Flight> given = new ArrayList<>();
        List<Flight> changed = new ArrayList<>();
        List<Flight> doomed = new ArrayList<>();
        for (var flight : flights) {
            var lease = leases.get(flight.key());
            if (lease instanceof Lease.Changed) {
                flight.surprise();
                changed.add(flight);
            } else if (!(lease instanceof Lease.Held other)) {
                given.add(flight);
            } else if (replica.marks().mayFill(flight.key(), other.at())
                    && !held.isOver(other.holder())) {
                if (flight.isEarly()) {
                    next.giveUp(flight);
                } else {
                    await(flight, other.left(), next);
                }
            } else {
                flight.doomedLease(other.holder());
                doomed.add(flight);
            }
        }
        var others = new HashSet<>(keys(flights));
        others.removeAll(keys(given));
        held.over(owner, others);
        held.given(owner);
        if (!given.isEmpty()) {
            next.load(given, owner);
        }
        if (!changed.isEmpty()) {
            next.lookAgain(changed);
        }
        if (!doomed.isEmpty()) {
            ask(replica, doomed, seen, next);
        }
    }

    private static List<String> keys(List<Flight> flights) {
        return flights.stream().map(Flight::key).toList();
    }

    /**
     * Loads are over, whatever became of their leases.
     *
     * @param owner of their leases; null where they had none
     */
    void over(String owner, Collection<String> keys) {
        held.over(owner, keys);
    }

    private void await(Flight flight, Duration left, Next next) {
        var wait = new Wait(flight, next);
        waiting.compute(
                flight.key(),
                (key, others) -> {
                    Set<Wait> all = others == null ? ConcurrentHashMap.newKeySet() : others;
                    all.add(wait);
                    return all;
                });
        wait.begin(left.toNanos());
    }

    /** Another instance's load of a key has ended, or was invalidated. */
    void ended(String key) {
        var waits = waiting.get(key);
        if (waits != null) {
            List.copyOf(waits).forEach(Wait::end);
        }
    }

    /** All that wait look again. */
    void allEnded() {
        List.copyOf(waiting.keySet()).forEach(this::ended);
    }

    /** Tells others that loads ended for which they wait. */
    void tell(Partition partition, Set<String> awaited) {
        awaited.forEach(key -> backplane.send(new Backplane.News.Ended(partition, key)));
    }

    private final class Wait {
        private final Flight flight;
        private final Next next;
        private Timers.Timer timer;
        private boolean over;

        Wait(Flight flight, Next next) {
            this.flight = flight;
            this.next = next;
        }

        void begin(long leaseNanos) {
            var waited = clock.nanos() - flight.since();
            var rest = hardTimeout.toNanos() - waited;
            var look = Math.min(LAST_LOOK, Math.max(FIRST_LOOK, waited));
            var soon = Math.max(1, Math.min(rest, Math.min(look, leaseNanos + 1_000_000)));
            var set = timers.after(Duration.ofNanos(soon), this::end);
            synchronized (this) {
                timer = set;
                if (over) {
                    set.cancel();
                }
            }
        }

        void end() {
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
                if (timer != null) {
                    timer.cancel();
                }
            }
            waiting.computeIfPresent(
                    flight.key(),
                    (key, all) -> {
                        all.remove(this);
                        return all.isEmpty() ? null : all;
                    });
            if (clock.nanos() - flight.since() >= hardTimeout.toNanos()) {
                next.timeOut(flight);
            } else {
                next.lookAgain(List.of(flight));
            }
        }
    }
}
