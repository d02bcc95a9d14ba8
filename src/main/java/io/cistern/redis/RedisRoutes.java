package io.cistern.redis;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The ways to the servers that hold the data: one, or on a Cluster several, each for its names. */
public interface RedisRoutes {

    /**
     * Names that share a hash tag have the same server.
     *
     * @param name of something in Redis
     * @return the way to the server that holds it now
     * @throws RedisUnavailableException where none is known
     */
    DataConnection to(byte[] name);

    /**
     * The ways to all servers that hold data.
     *
     * @throws RedisUnavailableException where not all of them are known
     */
    default List<DataConnection> all() {
        return List.of(to(new byte[0]));
    }

    /** The way to a name's server, where one is known and a command is worth sending. */
    default Optional<DataConnection> reach(byte[] name) {
        try {
            return Optional.of(to(name)).filter(RedisRoutes::isUp);
        } catch (RedisUnavailableException e) {
            return Optional.empty();
        }
    }

    /** Whether there are several servers, so that a script must keep to names of one hash tag. */
    default boolean isCluster() {
        return false;
    }

    /** For people: what is reached, without any secret. */
    default String description() {
        return "Redis";
    }

    /** Whether a command is worth sending to any server at all. Cheap. */
    boolean isUp();

    /** Tells when a server is up again after it was down; the listener must not block. */
    void onUp(Runnable listener);

    /**
     * Finds out where names are by now, after a server refused one. Never fails.
     *
     * @return ends once it is known, or can't be known now
     */
    default CompletionStage<Void> look() {
        return CompletableFuture.completedStage(null);
    }
}
