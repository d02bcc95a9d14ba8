package io.cistern.redis;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.Optional;

/**
 * The way to one server that holds data: always a master. Commands fail by themselves when no
 * answer comes in time, and at once while there is no connection or when too many wait. Nothing is
 * sent again by itself: a command in flight on a connection that breaks fails, and may or may not
 * have been carried out.
 */
public interface DataConnection extends RedisRoutes {

    /** One server holds whatever is asked of it. */
    @Override
    default DataConnection to(byte[] name) {
        return this;
    }

    /**
     * For reads and fills. Replies come in the order of the commands, on a thread that must not be
     * blocked.
     *
     * @throws RedisUnavailableException while Redis is away
     */
    RedisClusterAsyncCommands<byte[], byte[]> commands();

    /** Tells when replicas have what was written on {@link #invalidations()}. */
    Replication replication();

    /**
     * For invalidations: always one connection, so that a WAIT covers what it wrote. Where replicas
     * are waited for, it is not the one for reads, which would wait as well.
     *
     * @throws RedisUnavailableException while Redis is away
     */
    RedisClusterAsyncCommands<byte[], byte[]> invalidations();

    /**
     * For much data that is in no hurry. Empty while there is none, or where settings leave no
     * connection for it.
     */
    Optional<BulkConnection> bulk();

    /**
     * Whether it is worth while to write something and to wait for replicas: not once they have
     * been missing for a while. Cheap.
     */
    default boolean mayConfirm() {
        return isUp();
    }

    /**
     * Takes note of how commands ended; failures are counted, and tell whether Redis is up.
     *
     * @param thrown an exception of Lettuce, which may be wrapped; null where all went well
     */
    void ended(Throwable thrown);
}
