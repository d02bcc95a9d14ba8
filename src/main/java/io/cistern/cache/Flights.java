package io.cistern.cache;

import io.cistern.cache.Flight.Landing;
import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Loader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The flights of one cache: at most one for a key that anybody may join. An invalidation splits
 * them: whoever comes after it begins another.
 */
final class Flights {

    private final Map<String, Flight> underway = new ConcurrentHashMap<>();
    private final AtomicLong order = new AtomicLong();
    private final Tiers tiers;
    private final LoadGate gate;
    private final OriginCall.Origin origin;
    private final Entries entries;
    private final Statistics statistics;

    Flights(
            Tiers tiers,
            LoadGate gate,
            OriginCall.Origin origin,
            Entries entries,
            Statistics statistics) {
        this.tiers = tiers;
        this.gate = gate;
        this.origin = origin;
        this.entries = entries;
        this.statistics = statistics;
    }

    /** A number that is lower than that of every flight which begins later. */
    long now() {
        return order.get();
    }

    /** How many keys are being looked up past the near store. */
    int size() {
        return underway.size();
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
                            request);
            var begun =
                    present == null
                            ? underway.putIfAbsent(key, mine) == null
                            : underway.replace(key, present, mine);
            if (begun) {
                return new Boarding(mine, true, false);
            }
        }
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
            var item =
                    flight.isRefresh()
                            ? null
                            : tiers.near().find(flight.key(), origin.clock().nanos());
            if (item != null && origin.clock().nanos() - item.freshUntilNanos() <= 0) {
                land(flight, new Landing(Way.NEAR, item.entry(), false, item.checkedAt(), null));
            } else {
                open.add(flight);
            }
        }
        if (open.isEmpty()) {
            return;
        }
        tiers.read(replica, open.stream().map(Flight::key).toList())
                .thenAccept(seen -> load(replica, open, seen))
                .exceptionally(error -> crash(open, error));
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
            if (entry != null && !flight.isRefresh() && entry.isFreshAt(now)) {
                tiers.near().keep(flight.key(), entry, seen.knownAt(), seen.epoch());
                land(flight, new Landing(tiers.storeWay(), entry, false, seen.knownAt(), null));
            } else {
                if (entry != null) {
                    flight.stale(entry, seen.knownAt());
                }
                missing.add(flight);
            }
        }
        var size = origin.policy().batchSize();
        for (var from = 0; from < missing.size(); from += size) {
            var batch = missing.subList(from, Math.min(missing.size(), from + size));
            try {
                call(replica, batch, seen);
            } catch (RuntimeException | Error e) {
                crash(batch, e);
            }
        }
    }

    private void call(Replica replica, List<Flight> flights, Tiers.Seen seen) {
        var request =
                new Loader.Request(
                        flights.stream().map(Flight::key).toList(),
                        flights.get(0).request().headers());
        new OriginCall(
                        origin,
                        request,
                        () -> {
                            // No invalidation that is known now can be missed by a load from now
                            // on.
                            var began = replica.marks().position();
                            flights.forEach(flight -> flight.began(began));
                        },
                        (values, failure) -> {
                            if (failure == null) {
                                storeOrCrash(replica, flights, values, seen.epoch());
                            } else {
                                flights.forEach(flight -> land(flight, Landing.failed(failure)));
                            }
                        })
                .begin(gate);
    }

    /** Errors too, such as a heap that is full: no time-out is left that would end the flights. */
    private void storeOrCrash(
            Replica replica, List<Flight> flights, Map<String, Loader.Value> values, long epoch) {
        try {
            store(replica, flights, values, epoch);
        } catch (RuntimeException | Error e) {
            crash(flights, e);
        }
    }

    private void store(
            Replica replica, List<Flight> flights, Map<String, Loader.Value> values, long epoch) {
        Map<Flight, Entry> loaded = new LinkedHashMap<>();
        Map<String, Entry> storable = new HashMap<>();
        for (var flight : flights) {
            try {
                var entry = entries.make(values.get(flight.key()), flight.began());
                loaded.put(flight, entry);
                if (entries.isStorable(entry)) {
                    storable.put(flight.key(), entry);
                } else {
                    statistics.tooLarge();
                }
            } catch (RuntimeException e) {
                crash(List.of(flight), e);
            }
        }
        tiers.fill(replica, storable, epoch)
                .thenAccept(
                        stored -> loaded.forEach((flight, entry) -> land(flight, entry, stored)))
                .exceptionally(error -> crash(flights, error));
    }

    private void land(Flight flight, Entry entry, Set<String> stored) {
        var way = flight.isRefresh() ? Way.REFRESH : flight.stale() != null ? Way.STALE : Way.MISS;
        land(
                flight,
                new Landing(
                        way,
                        entry,
                        stored.contains(flight.key()) && isLive(flight.key(), entry),
                        entry.position().version(),
                        null));
    }

    /** The store does not look at tags; whoever reads it does. */
    private boolean isLive(String key, Entry entry) {
        return tiers.isLive(key, entry, entry.position().version());
    }

    private void land(Flight flight, Landing landing) {
        // First out of the way, then told: who comes now must find the store's answer, not this.
        underway.remove(flight.key(), flight);
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
