package io.cistern.redis;

import io.cistern.settings.HostAndPort;
import io.cistern.settings.RedisPlace;
import io.cistern.settings.RedisSettings;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Asks all Sentinels at once where the master is, and takes what most of them say, so that one that
 * is dead, or cut off with an old master, decides nothing. What they say may be old: whoever
 * connects has to find out whether that server takes changes.
 */
final class MasterFinder {

    private final RedisClient client;
    private final RedisSettings settings;
    private final RedisPlace.Sentinels place;

    MasterFinder(RedisClient client, RedisSettings settings, RedisPlace.Sentinels place) {
        this.client = client;
        this.settings = settings;
        this.place = place;
    }

    /**
     * @return the master; fails with {@link SentinelException}, whose message is fit for logs
     */
    CompletionStage<HostAndPort> find() {
        var poll = new Poll();
        for (var host : place.hosts()) {
            ask(host).whenComplete(poll::answered);
        }
        return poll.result;
    }

    /** Ends when most of the Sentinels agree, or when each has said something or failed. */
    private final class Poll {
        private final CompletableFuture<HostAndPort> result = new CompletableFuture<>();
        private final Map<HostAndPort, Integer> votes = new HashMap<>();
        private SentinelException trouble;
        private int answers;

        private synchronized void answered(HostAndPort master, Throwable error) {
            answers++;
            if (error != null) {
                trouble = SentinelException.worse(trouble, SentinelException.of(error));
            } else if (master == null) {
                var unknown = SentinelException.unknown(place.service());
                trouble = SentinelException.worse(trouble, unknown);
            } else if (votes.merge(master, 1, Integer::sum) > place.hosts().size() / 2) {
                result.complete(master);
            }
            if (answers == place.hosts().size() && !result.isDone()) {
                votes.entrySet().stream()
                        .max(Map.Entry.comparingByValue())
                        .ifPresentOrElse(
                                most -> result.complete(most.getKey()),
                                () -> result.completeExceptionally(trouble));
            }
        }
    }

    private CompletionStage<HostAndPort> ask(HostAndPort sentinel) {
        try {
            return client.connectSentinelAsync(
                            StringCodec.UTF8, LettuceSetup.uri(settings, sentinel, place))
                    .thenCompose(this::ask);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private CompletionStage<HostAndPort> ask(
            StatefulRedisSentinelConnection<String, String> connection) {
        return connection
                .async()
                .getMasterAddrByName(place.service())
                .whenComplete((answer, error) -> connection.closeAsync())
                .thenApply(MasterFinder::place);
    }

    private static HostAndPort place(SocketAddress address) {
        return address instanceof InetSocketAddress master
                ? new HostAndPort(master.getHostString(), master.getPort())
                : null;
    }
}
