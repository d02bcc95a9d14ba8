package io.cistern.cache.simulation;

import io.cistern.cache.CachePolicy;
import io.cistern.cache.Policies;
import io.cistern.cache.order.Marks;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * What a seed decides about its world before anything happens.
 *
 * @param policy the cache's, as the checker knows it
 * @param partitions of the store
 * @param marks how many marks a partition keeps
 * @param storeTrouble how likely an operation of the store ends badly
 * @param originTrouble how likely a call of the origin ends badly
 * @param slowness up to how many milliseconds operations of the store take
 * @param steps how many actions there are
 * @param keys what is looked up
 * @param haste by how much less time passes between actions
 * @param engines how many instances there are
 * @param crashes 1 if instances crash, else 0
 * @param failovers 1 if other servers take over, else 0; where instances crash none that lacks what
 *     was acknowledged, since what all who knew of it took with them is lost for good
 * @param replicas 1 if changes wait for a replica, and masters are left behind, else 0
 */
record Scenario(
        CachePolicy policy,
        int partitions,
        int marks,
        double storeTrouble,
        double originTrouble,
        int slowness,
        int steps,
        List<String> keys,
        int haste,
        int engines,
        int crashes,
        int failovers,
        int replicas) {

    private static final List<String> KEYS = List.of("k0", "k1", "k2", "k3", "k4", "k5");
    static final List<String> TAGS = List.of("t0", "t1", "t2");
    static final List<String> PATTERNS = List.of("*", "k[0-2]", "k?", "k5*", "none");

    /** Guards against what replicas may lack. */
    private static final Set<Mutation> CONFIRMING =
            EnumSet.of(
                    Mutation.CHANGES_ARE_NOT_CONFIRMED,
                    Mutation.LEFT_BEHIND_IS_BELIEVED,
                    Mutation.PROOFS_NEVER_AGE);

    /** Guards that a server meets which lacks something. */
    private static final Set<Mutation> SET_BACK =
            EnumSet.of(
                    Mutation.HELLO_FORGETS_WHAT_WAS_SEEN,
                    Mutation.HELLO_WITHOUT_STRIDE,
                    Mutation.REPLAY_SAYS_NOTHING,
                    Mutation.REPLAY_STAYS_BELOW,
                    Mutation.OLD_GENERATION_IS_TAKEN,
                    Mutation.NEAR_OUTLIVES_MASTER,
                    Mutation.PROOFS_NEVER_AGE,
                    Mutation.REPLAY_KNOWS_TOO_LITTLE,
                    Mutation.REPLAY_FORGETS_WHAT_MADE_WAY,
                    Mutation.CHANGES_ARE_NOT_CONFIRMED,
                    Mutation.LEFT_BEHIND_IS_BELIEVED);

    /** Guards that a server meets which lacks something, while others crash or are new. */
    private static final Set<Mutation> WITNESSED = EnumSet.of(Mutation.REPLAY_KNOWS_TOO_LITTLE);

    static final int MAX_VALUE_SIZE = 100;

    /**
     * @param later for what was decided first in later times, so that the others stay as they are
     */
    static Scenario of(Random random, Random later, Set<Mutation> mutations) {
        var single = !mutations.isEmpty();
        var rated = mutations.contains(Mutation.GATE_IS_FASTER) || random.nextInt(5) == 0;
        var wide = random.nextInt(3) == 0 && !mutations.contains(Mutation.GATE_IS_WIDER);
        var policy =
                Policies.policy()
                        .ttl(Duration.ofMillis(500 + random.nextInt(20_000)))
                        .jitter(random.nextBoolean() ? 0 : random.nextDouble() / 2)
                        .maxStale(Duration.ofMillis(random.nextInt(3) * random.nextInt(15_000)))
                        .negativeTtl(Duration.ofMillis(random.nextInt(5_000)))
                        .softTimeout(
                                random.nextInt(3) == 0
                                        ? Duration.ofMillis(1 + random.nextInt(500))
                                        : null)
                        .hardTimeout(Duration.ofMillis(200 + random.nextInt(4_000)))
                        .earlyRefresh(random.nextInt(3) == 0 ? 0.5 + random.nextInt(20) : 0)
                        .near(random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(8))
                        .nearTtl(
                                random.nextInt(4) == 0
                                        ? Duration.ofMillis(1 + random.nextInt(2_000))
                                        : null)
                        .batchSize(random.nextBoolean() ? 1 : 2 + random.nextInt(3))
                        .maxConcurrentLoads(wide ? 10_000 : 1 + random.nextInt(5))
                        .maxWaiting(wide || random.nextBoolean() ? 10_000 : random.nextInt(6))
                        .loadRate(rated ? (Double) (1 + 20 * random.nextDouble()) : null)
                        .maxValueSize(MAX_VALUE_SIZE)
                        .whenCut(CachePolicy.WhenCut.values()[random.nextInt(2)])
                        .build();
        var fate = random.nextInt(6);
        var setBack = mutations.stream().anyMatch(SET_BACK::contains);
        var crashes = fate < 2 && !single || mutations.stream().anyMatch(WITNESSED::contains);
        var replicas =
                fate < 3 && !single && later.nextBoolean()
                        || mutations.stream().anyMatch(CONFIRMING::contains);
        var crashesAndSetBack = crashes && !replicas && later.nextBoolean();
        return new Scenario(
                policy,
                single || random.nextInt(3) > 0 ? 1 : 3,
                random.nextInt(4) == 0 ? 1 + random.nextInt(4) : Marks.LIMIT,
                random.nextInt(2) == 0 ? 0 : random.nextDouble() * 0.15,
                random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.5,
                1 + random.nextInt(random.nextInt(4) == 0 ? 1_000 : 40),
                40 + random.nextInt(80),
                KEYS.subList(0, 1 + random.nextInt(KEYS.size())),
                random.nextInt(3) == 0 ? 20 : 1,
                engines(random, mutations),
                crashes ? 1 : 0,
                fate == 2 && !single || setBack || replicas || crashesAndSetBack ? 1 : 0,
                replicas ? 1 : 0);
    }

    private static int engines(Random random, Set<Mutation> mutations) {
        if (mutations.contains(Mutation.LEASES_FOR_ALL)
                || mutations.contains(Mutation.LEASES_ARE_NOT_RENEWED)
                || mutations.contains(Mutation.HEARTBEAT_LIES)
                || mutations.stream().anyMatch(SET_BACK::contains)
                || mutations.contains(Mutation.NO_HEARTBEAT)) {
            return 2;
        }
        return mutations.isEmpty() ? 1 + random.nextInt(3) : 1;
    }

    /** Until an instance has to know what another one invalidated, in nanoseconds. */
    long coherence() {
        return (100 + 12L * (slowness + 1)) * 1_000_000L;
    }

    /** Whether the store is so slow that a lease may run out before what it was for is stored. */
    boolean mayOutlastLeases() {
        return slowness > 200;
    }

    /** Whether so many changes may not all be kept, which kills more than they named. */
    boolean mayTrim(int changes) {
        return changes > 1 && marks < Marks.LIMIT;
    }

    /** Longer than any lookup may take, in nanoseconds. */
    long patience() {
        var flight = policy.hardTimeout().toMillis() + 12L * (slowness + 1);
        return 6 * flight * 1_000_000L;
    }
}
