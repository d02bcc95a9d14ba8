package io.cistern.settings;

import java.util.Optional;

/**
 * How instances that don't share a Redis tell each other what was invalidated.
 *
 * @param kind over what; Redis's own means that there is one region only
 * @param region the name of this instance's region; empty only where there is one region
 * @param topic by which regions tell each other
 */
public record BackplaneSettings(Kind kind, Optional<String> region, String topic) {

    /** Whether there are other regions. */
    public boolean crossesRegions() {
        return kind == Kind.KAFKA;
    }

    /** What connects instances. */
    public enum Kind {
        /** The Redis that they share. */
        REDIS,
        /** That one within a region, and a topic of Kafka between regions. */
        KAFKA
    }
}
