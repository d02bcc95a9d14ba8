package io.cistern.settings;

import java.time.Duration;

/**
 * Where entries are kept.
 *
 * @param type the shared store
 * @param namespace keeps several Cisterns on one Redis apart; letters, digits, {@code . _ -}
 * @param defaultTtl how long an entry is fresh when neither its cache nor its origin says so
 * @param monitoringEnabled whether metrics are kept
 * @param fsync when what memory holds is forced to the disk
 * @param nearPersist whether what is near is kept over a restart, where there is a Redis
 */
public record StoreSettings(
        Type type,
        String namespace,
        Duration defaultTtl,
        boolean monitoringEnabled,
        Fsync fsync,
        boolean nearPersist) {

    /** The kinds of shared store. */
    public enum Type {
        /** Redis, shared by all instances; an embedded one when none is named. */
        REDIS,
        /** The memory of this instance alone. */
        MEMORY
    }

    /** When entries are forced to the disk; invalidations always are before they are answered. */
    public enum Fsync {
        /** Before a load that stored one is answered. */
        ALWAYS,
        /** Within a second. */
        EVERY_SECOND,
        /** When the operating system sees fit. */
        NEVER
    }
}
