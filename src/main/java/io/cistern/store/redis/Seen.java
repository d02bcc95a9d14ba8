package io.cistern.store.redis;

import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The latest position seen of each partition. A Redis that is behind it in the same generation lost
 * something.
 */
final class Seen {

    private final Map<Partition, Position> positions = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();

    Position of(Partition partition) {
        return positions.getOrDefault(partition, Position.UNKNOWN);
    }

    /** Takes in what Redis has just said. */
    void add(Partition partition, Position position) {
        var known = positions.get(partition);
        if (!position.equals(Position.UNKNOWN) && !position.equals(known)) {
            positions.merge(partition, position, Seen::later);
        }
    }

    /** Takes in what somebody else saw, perhaps long ago. */
    void addOld(Partition partition, Position position) {
        if (!position.equals(Position.UNKNOWN)) {
            positions.merge(
                    partition,
                    position,
                    (known, old) ->
                            known.generation() == old.generation() ? later(known, old) : known);
        }
    }

    /** A generation after the one that was seen, in case one must begin. */
    long nextGeneration(Partition partition) {
        var number = Position.numberOf(of(partition).generation()) + 1;
        return Position.generation(number, random.nextLong());
    }

    /** Whether what Redis has just said lies before what it said earlier: it lost something. */
    boolean isBehind(Partition partition, Position position) {
        var known = positions.get(partition);
        return known != null
                && known.generation() == position.generation()
                && known.version() > position.version();
    }

    /** The arguments that every script begins with that may have to begin a generation. */
    List<byte[]> order(Partition partition) {
        var latest = of(partition);
        return new ArrayList<>(
                List.of(
                        Replies.generation(nextGeneration(partition)),
                        Replies.generation(latest.generation()),
                        Replies.number(latest.version())));
    }

    private static Position later(Position known, Position now) {
        return known.generation() == now.generation() && known.version() > now.version()
                ? known
                : now;
    }
}
