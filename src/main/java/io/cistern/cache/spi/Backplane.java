package io.cistern.cache.spi;

import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;

/**
 * Tells the other instances what they would learn a little later by themselves. Nothing depends on
 * its being heard: it only makes things faster.
 */
@FunctionalInterface
public interface Backplane {

    /** Nobody else is there. */
    Backplane NONE = news -> {};

    /** Sends; never blocks, never throws, and may drop what is too much. */
    void send(News news);

    /** What instances tell each other. */
    sealed interface News {

        /** Of whom. */
        Partition partition();

        /**
         * An invalidation took effect.
         *
         * @param change what was invalidated, as far as it concerns the partition
         * @param at the position that it got
         */
        record Changed(Partition partition, Change change, Position at) implements News {}

        /**
         * A load ended that others wait for: what it brought is stored, or another may load.
         *
         * @param key of whom
         */
        record Ended(Partition partition, String key) implements News {}
    }
}
