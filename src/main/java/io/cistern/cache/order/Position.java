package io.cistern.cache.order;

/**
 * A point in the order of a partition's invalidations.
 *
 * @param generation which history of versions this is; histories share no numbers. The upper 24
 *     bits count generations, the lower 40 are random
 * @param version how many invalidations of that history lie before this point
 */
public record Position(long generation, long version) {

    /** Before anything is known: no entry is alive here. */
    public static final Position UNKNOWN = new Position(0, 0);

    /** From here on versions are no longer whole numbers in Redis, whose scores are doubles. */
    public static final long VERSIONS_END = 1L << 53;

    private static final int RANDOM_BITS = 40;

    /**
     * @param number the number of the generation
     * @param random any bits; 40 of them are used
     * @return the generation with that number
     */
    public static long generation(long number, long random) {
        return number << RANDOM_BITS | random & (1L << RANDOM_BITS) - 1;
    }

    /** The number of a generation: a later one is higher. */
    public static long numberOf(long generation) {
        return generation >>> RANDOM_BITS;
    }

    /**
     * Of two positions that were seen the one that counts: within a generation the higher version,
     * else the generation with the higher number, and of those with the same the one seen last.
     *
     * @param known seen first
     * @param now seen last
     */
    public static Position later(Position known, Position now) {
        if (known.generation() == now.generation()) {
            return known.version() > now.version() ? known : now;
        }
        return numberOf(known.generation()) > numberOf(now.generation()) ? known : now;
    }

    @Override
    public String toString() {
        return Long.toHexString(generation) + "@" + version;
    }
}
