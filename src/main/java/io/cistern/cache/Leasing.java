package io.cistern.cache;

import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Lease;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sees to it that of all instances one loads a key: it asks the store for leases, and lets flights
 * wait whose lease another instance holds. They are woken by news of its end, and look by
 * themselves from time to time, since news may be lost and holders may die.
 */
final class Leasing {

    /** Beyond the time a load may take: to store what it brought. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private static final long FIRST_LOOK = Duration.ofMillis(10).toNanos();
    private static final long LAST_LOOK = Duration.ofMillis(100).toNanos();

    private final Tiers tiers;
    private final Clock clock;
    private final Timers timers;
    private final Backplane backplane;
    private final Duration hardTimeout;
    private final String instance = Long.toHexString(ThreadLocalRandom.current().nextLong());
    private final AtomicLong calls = new AtomicLong();
    private final Map<String, Set<Wait>> waiting = new ConcurrentHashMap<>();

    /** Owners of leases of this instance, with the number of keys that are asked for or loaded. */
    private final Map<String, Integer> loading = new ConcurrentHashMap<>();

    Leasing(Tiers tiers, CachePolicy policy, Clock clock, Timers timers, Backplane backplane) {
        this.tiers = tiers;
        this.clock = clock;
        this.timers = timers;
        this.backplane = backplane;
        this.hardTimeout = policy.hardTimeout();
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
        var owner = instance + '-' + calls.incrementAndGet();
        var wanted = flights.stream().map(flight -> wanted(flight, seen)).toList();
        // Before it is asked: another flight may learn of the lease sooner than this one.
        loading.put(owner, flights.size());
        tiers.lease(replica, wanted, owner, hardTimeout.plus(MARGIN))
                .whenComplete(
                        (leases, error) -> {
                            if (error == null) {
                                sort(replica, flights, leases, owner, seen, next);
                            } else {
                                loading.remove(owner);
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
        List<Flight> granted = new ArrayList<>();
        List<Flight> changed = new ArrayList<>();
        List<Flight> doomed = new ArrayList<>();
        for (var flight : flights) {
            var lease = leases.get(flight.key());
            if (lease instanceof Lease.Changed) {
                flight.surprise();
                changed.add(flight);
            } else if (!(lease instanceof Lease.Held held)) {
                granted.add(flight);
            } else if (replica.marks().mayFill(flight.key(), held.at()) && !isOver(held)) {
                if (flight.isEarly()) {
                    next.giveUp(flight);
                } else {
                    await(flight, held.left(), next);
                }
            } else {
                flight.doomedLease(held.holder());
                doomed.add(flight);
            }
        }
        over(owner, flights.size() - granted.size());
        if (!granted.isEmpty()) {
            next.load(granted, owner);
        }
        if (!changed.isEmpty()) {
            next.lookAgain(changed);
        }
        if (!doomed.isEmpty()) {
            ask(replica, doomed, seen, next);
        }
    }

    /** A lease of this instance that nobody uses: the answer to its call, or its end, got lost. */
    private boolean isOver(Lease.Held held) {
        var owner = held.holder().substring(held.holder().lastIndexOf(':') + 1);
        return owner.startsWith(instance + '-') && !loading.containsKey(owner);
    }

    /** Loads are over, whatever became of their leases. */
    void over(String owner, int keys) {
        if (owner != null && keys > 0) {
            loading.computeIfPresent(owner, (any, left) -> left > keys ? left - keys : null);
        }
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
