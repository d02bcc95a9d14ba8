package io.cistern.cache;

import io.cistern.cache.Flight.Landing;
import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.NearStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The flights of one cache: at most one for a key that anybody may join. An invalidation splits
 * them: whoever comes after it begins another. Beside it there is at most one that refreshes the
 * key early, for which nobody waits unless the key expires meanwhile.
 */
final class Flights {

    private final Map<String, Flight> underway = new ConcurrentHashMap<>();
    private final Set<Flight> unshared = ConcurrentHashMap.newKeySet();
    private final EarlyFlights early;
    private final AtomicLong order = new AtomicLong();
    private final Tiers tiers;
    private final LoadGate gate;
    private final OriginCall.Origin origin;
    private final Leasing leasing;
    private final Loads loads;

    Flights(
            Tiers tiers,
            LoadGate gate,
            OriginCall.Origin origin,
            Entries entries,
            Leasing leasing,
            Statistics statistics,
            EarlyFlights early) {
        this.tiers = tiers;
        this.gate = gate;
        this.origin = origin;
        this.leasing = leasing;
        this.loads = new Loads(tiers, gate, origin, entries, leasing, statistics, new Ends());
        this.early = early;
    }

    /** A number that is lower than that of every flight which begins later. */
    long now() {
        return order.get();
    }

    /** How many keys are being looked up past the near store. */
    int size() {
        return underway.size() + unshared.size() + early.size();
    }

    /**
     * Finds a flight that a lookup may join, or begins one. Who begins one must {@link #lead} it.
     *
     * @param key the key
     * @param request what is asked
     * @param arrived {@link #now} when the lookup came
     * @param alone whether to begin one in any case
     */
    Boarding board(String key, LookupRequest request, long arrived, boolean alone) {
        while (true) {
            var present = underway.get(key);
            if (present != null && !alone) {
                if (!request.validity().isSame(present.validity())) {
                    // What is stored of one would be lost to the other's fill.
                    return new Boarding(present, false, true);
                }
                if (mayJoin(present, request, arrived)) {
                    return new Boarding(present, false, false);
                }
                if (request.refresh() && isUntouched(present)) {
                    // Its load may have begun before: wait for it, and let the next be shared.
                    return new Boarding(present, false, true);
                }
            }
            var mine =
                    new Flight(
                            key,
                            order.incrementAndGet(),
                            tiers.replica(key).marks().position(),
                            request,
                            origin.clock().nanos(),
                            null);
            if (present != null && alone && isUntouched(present)) {
                // Others may go on joining the one that is there.
                unshared.add(mine);
                return new Boarding(mine, true, false);
            }
            var begun =
                    present == null
                            ? underway.putIfAbsent(key, mine) == null
                            : underway.replace(key, present, mine);
            if (begun) {
                return new Boarding(mine, true, false);
            }
        }
    }

    /**
     * Loads keys anew in the background, as far as nobody loads them already.
     *
     * @param due what is fresh, by key
     * @param request of whom hit it
     */
    void refreshEarly(Map<String, Entry> due, LookupRequest request) {
        Map<Replica, List<Flight>> begun = new HashMap<>();
        due.forEach(
                (key, entry) -> {
                    if (!gate.isFree() || underway.containsKey(key)) {
                        return;
                    }
                    var replica = tiers.replica(key);
                    var mine =
                            new Flight(
                                    key,
                                    order.incrementAndGet(),
                                    replica.marks().position(),
                                    new LookupRequest(false, false, false, 0, request.headers())
                                            .under(request.validity()),
                                    origin.clock().nanos(),
                                    entry);
                    if (!early.begin(mine)) {
                        return;
                    }
                    // Each of two that begin at once looks for the other after it can be seen.
                    if (underway.containsKey(key)) {
                        land(mine, Landing.NOTHING);
                    } else {
                        begun.computeIfAbsent(replica, any -> new ArrayList<>()).add(mine);
                    }
                });
        begun.forEach(this::lead);
    }

    private boolean mayJoin(Flight flight, LookupRequest request, long arrived) {
        var late = request.refresh() && !(flight.isRefresh() && flight.order() > arrived);
        return !late && isUntouched(flight);
    }

    private boolean isUntouched(Flight flight) {
        return flight.began().equals(Position.UNKNOWN)
                || tiers.replica(flight.key()).marks().mayFill(flight.key(), flight.began());
    }

    /**
     * Looks into the shared store and loads what is not there; all in one round trip, and in as few
     * calls of the origin as it allows.
     *
     * @param replica of the flights' partition
     * @param flights those that this caller began; all for the same request
     */
    void lead(Replica replica, List<Flight> flights) {
        List<Flight> open = new ArrayList<>(flights.size());
        for (var flight : flights) {
            // Another flight may have landed between the look at the near store and this one.
            var now = origin.clock().nanos();
            var held = mayBeHit(flight) ? held(flight, now) : null;
            if (tiers.isHit(held, now)) {
                land(flight, nearHit(held.item()));
            } else {
                open.add(flight);
            }
        }
        if (open.isEmpty()) {
            return;
        }
        // All are for the same request.
        tiers.read(replica, open.stream().map(Flight::key).toList(), open.get(0).validity())
                .thenAccept(seen -> load(replica, open, seen))
                .exceptionally(error -> crash(open, error));
    }

    private Tiers.Held held(Flight flight, long nanos) {
        return tiers.held(flight.key(), flight.validity(), nanos);
    }

    private static boolean mayBeHit(Flight flight) {
        return !flight.isRefresh() && !flight.isEarly();
    }

    private static Landing nearHit(NearStore.Item item) {
        return Landing.hit(Way.NEAR, item.entry(), item.checkedAt());
    }

    /** Nobody may be left waiting, whatever went wrong. */
    private Void crash(List<Flight> flights, Throwable error) {
        flights.forEach(flight -> land(flight, Landing.failed(Failure.of(error))));
        return null;
    }

    private void load(Replica replica, List<Flight> flights, Tiers.Seen seen) {
        var now = origin.clock().millis();
        List<Flight> missing = new ArrayList<>();
        for (var flight : flights) {
            var entry = seen.entries().get(flight.key());
            if (entry != null && isAnswer(flight, entry, now)) {
                tiers.near()
                        .keep(flight.key(), flight.validity(), entry, seen.knownAt(), seen.epoch());
                land(flight, Landing.hit(tiers.storeWay(), entry, seen.knownAt()));
            } else {
                if (entry != null) {
                    flight.stale(entry, seen.knownAt());
                }
                flight.elsewhere(seen.elsewhere(flight.key()));
                var held = seen.available() ? null : whenCut(flight);
                if (held != null) {
                    land(flight, nearHit(held.item()));
                } else if (flight.isEarly() || !joinEarly(replica, flight)) {
                    missing.add(flight);
                }
            }
        }
        if (missing.isEmpty()) {
            return;
        }
        var next = new AfterLease(replica, seen.epoch());
        if (seen.available()) {
            leasing.ask(replica, missing, seen, next);
        } else {
            next.load(missing, null);
        }
    }

    /** What is fresh and near, and served where the store does not answer; else null. */
    private Tiers.Held whenCut(Flight flight) {
        var now = origin.clock().nanos();
        var held = mayBeHit(flight) ? held(flight, now) : null;
        return held != null && held.isFresh(now) ? held : null;
    }

    private static boolean isAnswer(Flight flight, Entry entry, long now) {
        return !flight.isRefresh()
                && entry.isFreshAt(now)
                && (!flight.isEarly() || flight.isReplacedBy(entry));
    }

    /**
     * Lets a flight wait for one that refreshes its key early, if there is one. What is to be
     * refreshed for somebody is loaded after that, since the load under way may have begun before
     * he came.
     */
    private boolean joinEarly(Replica replica, Flight flight) {
        var other = early.find(flight.key());
        if (other == null || !isUntouched(other) || !other.validity().isSame(flight.validity())) {
            return false;
        }
        flight.began(other.began());
        other.landing()
                .thenAccept(
                        landing -> {
                            if (landing == Landing.NOTHING || flight.isRefresh()) {
                                lead(replica, List.of(flight));
                            } else {
                                land(flight, landing.join());
                            }
                        })
                .exceptionally(error -> crash(List.of(flight), error));
        return true;
    }

    /** What becomes of flights that asked for a lease. */
    private final class AfterLease implements Leasing.Next {
        private final Replica replica;
        private final long epoch;

        AfterLease(Replica replica, long epoch) {
            this.replica = replica;
            this.epoch = epoch;
        }

        @Override
        public void load(List<Flight> flights, String owner) {
            var size = origin.policy().batchSize();
            for (var from = 0; from < flights.size(); from += size) {
                var batch = flights.subList(from, Math.min(flights.size(), from + size));
                try {
                    loads.load(replica, batch, owner, epoch);
                } catch (RuntimeException | Error e) {
                    leasing.over(owner, batch.stream().map(Flight::key).toList());
                    crash(batch, e);
                }
            }
        }

        @Override
        public void giveUp(Flight flight) {
            land(flight, Landing.NOTHING);
        }

        @Override
        public void lookAgain(List<Flight> flights) {
            try {
                lead(replica, flights);
            } catch (RuntimeException | Error e) {
                crash(flights, e);
            }
        }

        @Override
        public void timeOut(Flight flight) {
            land(
                    flight,
                    Landing.failed(
                            Failure.of(
                                    Failure.Kind.TIMEOUT,
                                    "another instance took longer to load it than "
                                            + origin.policy().hardTimeout().toMillis()
                                            + " ms")));
        }
    }

    /** Takes in what loads bring. */
    private final class Ends implements Loads.Ends {
        @Override
        public void land(Flight flight, Landing landing) {
            Flights.this.land(flight, landing);
        }

        @Override
        public void lookAgain(Replica replica, Flight flight) {
            lead(replica, List.of(flight));
        }
    }

    private void land(Flight flight, Landing landing) {
        // First out of the way, then told: who comes now must find the store's answer, not this.
        underway.remove(flight.key(), flight);
        unshared.remove(flight);
        early.ended(flight, landing);
        flight.landing().complete(landing);
    }

    /**
     * A flight that was found or begun.
     *
     * @param flight the flight
     * @param leader whether the caller began it, and so must lead it
     * @param again whether it must be waited for and another be boarded then
     */
    record Boarding(Flight flight, boolean leader, boolean again) {}
}
