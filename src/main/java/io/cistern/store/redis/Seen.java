package io.cistern.store.redis;

import io.cistern.cache.order.Beginnings;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The latest position seen of each partition. A Redis that is behind it in the same generation lost
 * something.
 */
final class Seen {

    private final Map<Partition, Position> positions = new ConcurrentHashMap<>();
    private final Map<Partition, Beginnings> beginnings = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();
    private final Optional<SeenFile> file;

    /**
     * @param file keeps what was acknowledged over a restart
     */
    Seen(Optional<SeenFile> file) {
        this.file = file;
    }

    /** Remembers what was acknowledged before this instance was started. */
    void recall(Partition partition) {
        if (file.isPresent() && !positions.containsKey(partition)) {
            add(partition, file.get().of(partition));
        }
    }

    /** A change at that position is about to be acknowledged. */
    Position keep(Partition partition, Position position) {
        file.ifPresent(it -> it.keep(partition, position));
        return position;
    }

    Position of(Partition partition) {
        return positions.getOrDefault(partition, Position.UNKNOWN);
    }

    /** Takes in what Redis has just said. */
    void add(Partition partition, Position position) {
        var known = positions.get(partition);
        if (!position.equals(Position.UNKNOWN) && !position.equals(known)) {
            positions.merge(partition, position, Position::later);
        }
    }

    /** Takes in where the present interval of the history begins. */
    void begun(Partition partition, long generation, long version) {
        beginnings.merge(
                partition,
                Beginnings.UNKNOWN.with(generation, version),
                (known, one) -> known.with(generation, version));
    }

    /** Redis has what was seen up to a version, and lost what came later. */
    void lost(Partition partition, long shared) {
        beginnings.computeIfPresent(partition, (any, known) -> known.upTo(shared));
    }

    /** Where intervals begin of the history of what was seen. */
    List<Long> beginnings(Partition partition) {
        return beginnings
                .getOrDefault(partition, Beginnings.UNKNOWN)
                .of(of(partition).generation())
                .versions();
    }

    /** Takes in what somebody else saw, perhaps long ago. */
    void addOld(Partition partition, Position position) {
        if (!position.equals(Position.UNKNOWN)) {
            positions.merge(
                    partition,
                    position,
                    (known, old) ->
                            known.generation() == old.generation()
                                    ? Position.later(known, old)
                                    : known);
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
                && !position.equals(Position.UNKNOWN)
                && !known.equals(position)
                && Position.later(known, position).equals(known);
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
}
