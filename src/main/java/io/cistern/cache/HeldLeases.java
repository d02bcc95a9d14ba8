package io.cistern.cache;

import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Timers;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The leases of this instance. They are short, so that others soon take over if it dies, and are
 * renewed while their loads run. A renewal that fails does no harm: the next one may succeed, or
 * the lease ends, another instance loads, and the store refuses what this one brings.
 */
final class HeldLeases {

    /** Three renewals: two of them may be late or get lost. */
    private static final Duration LIFETIME = Duration.ofSeconds(3);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Beyond the time a load may take: to store what it brought. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final Tiers tiers;
    private final Clock clock;
    private final Timers timers;
    private final Duration longest;
    private final String instance = Long.toHexString(ThreadLocalRandom.current().nextLong());
    private final AtomicLong calls = new AtomicLong();
    private final Map<String, Held> held = new ConcurrentHashMap<>();

    HeldLeases(Tiers tiers, CachePolicy policy, Clock clock, Timers timers) {
        this.tiers = tiers;
        this.clock = clock;
        this.timers = timers;
        this.longest = policy.hardTimeout().plus(MARGIN);
    }

    /** For how long to ask for a lease. */
    Duration lifetime() {
        return longest.compareTo(LIFETIME) < 0 ? longest : LIFETIME;
    }

    /**
     * Leases are going to be asked for. To be called before that, since another flight may learn of
     * a lease sooner than the one that asks.
     *
     * @return their owner
     */
    String begin(Replica replica, Collection<String> keys) {
        var owner = instance + '-' + calls.incrementAndGet();
        held.put(owner, new Held(replica, owner, keys, clock.nanos()));
        return owner;
    }

    /** Leases were given: all that the owner asked for but those that are over by now. */
    void given(String owner) {
        var mine = held.get(owner);
        if (mine != null) {
            mine.renewLater();
        }
    }

    /**
     * Loads are over, whatever became of their leases, or never began.
     *
     * @param owner of their leases; null where they had none
     */
    void over(String owner, Collection<String> keys) {
        var mine = owner == null ? null : held.get(owner);
        if (mine != null && mine.isOver(keys)) {
            held.remove(owner);
        }
    }

    /** A lease of this instance that nobody uses: the answer to its call, or its end, got lost. */
    boolean isOver(String holder) {
        var owner = holder.substring(holder.lastIndexOf(':') + 1);
        return owner.startsWith(instance + '-') && !held.containsKey(owner);
    }

    /** The leases of one owner. */
    private final class Held {
        private final Replica replica;
        private final String owner;
        private final Set<String> keys;
        private final long since;
        private Timers.Timer timer;

        /**
         * @param since when they were asked for, in monotonic nanoseconds
         */
        Held(Replica replica, String owner, Collection<String> keys, long since) {
            this.replica = replica;
            this.owner = owner;
            this.keys = new HashSet<>(keys);
            this.since = since;
        }

        /** Takes loads out; whether none is left. */
        synchronized boolean isOver(Collection<String> some) {
            some.forEach(keys::remove);
            if (keys.isEmpty() && timer != null) {
                timer.cancel();
            }
            return keys.isEmpty();
        }

        private Duration age() {
            return Duration.ofNanos(clock.nanos() - since);
        }

        /** Unless they were given, or renewed, for as long as they may stand. */
        synchronized void renewLater() {
            if (!keys.isEmpty() && longest.compareTo(lifetime()) > 0) {
                // From when they were asked for: the answer may have taken its time.
                var rest = PAUSE.minus(age());
                timer = timers.after(rest.isNegative() ? Duration.ZERO : rest, this::renew);
            }
        }

        private void renew() {
            Set<String> mine;
            Duration next;
            synchronized (this) {
                var left = longest.minus(age());
                if (keys.isEmpty() || left.isNegative()) {
                    return;
                }
                mine = Set.copyOf(keys);
                next = left.compareTo(LIFETIME) < 0 ? left : LIFETIME;
                if (left.compareTo(LIFETIME) > 0) {
                    timer = timers.after(PAUSE, this::renew);
                }
            }
            tiers.renew(replica, mine, owner, next)
                    .thenAccept(
                            standing -> {
                                // What was taken from it is not to be renewed any more.
                                var lost = new HashSet<>(mine);
                                lost.removeAll(standing);
                                over(owner, lost);
                            });
        }
    }
}
