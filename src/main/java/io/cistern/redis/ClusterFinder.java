package io.cistern.redis;

import io.cistern.settings.HostAndPort;
import io.cistern.settings.RedisPlace;
import io.cistern.settings.RedisSettings;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * Asks nodes of a Cluster who holds which slot. All that are named or known are asked, so that one
 * which is dead, or cut off with an old state, decides nothing.
 */
final class ClusterFinder {

    /** A Cluster of more nodes is asked by so many of them. */
    private static final int ASKED_AT_MOST = 12;

    private final RedisClient client;
    private final RedisSettings settings;
    private final RedisPlace.Cluster place;
    private volatile Set<HostAndPort> known = Set.of();

    ClusterFinder(RedisClient client, RedisSettings settings, RedisPlace.Cluster place) {
        this.client = client;
        this.settings = settings;
        this.place = place;
    }

    /**
     * @return what they say together, after each has answered or failed; fails as connecting does
     *     where none answers
     */
    CompletionStage<ClusterSlots> find() {
        Set<HostAndPort> asked = new LinkedHashSet<>(known);
        asked.addAll(place.nodes());
        var answers =
                asked.stream()
                        .limit(ASKED_AT_MOST)
                        .map(this::ask)
                        .map(CompletionStage::toCompletableFuture)
                        .toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .handle((all, error) -> slots(answers, error));
    }

    private ClusterSlots slots(List<CompletableFuture<String>> answers, Throwable error) {
        List<String> views = new ArrayList<>();
        for (var answer : answers) {
            if (!answer.isCompletedExceptionally()) {
                views.add(answer.join());
            }
        }
        if (views.isEmpty()) {
            throw new CompletionException(error);
        }
        var slots = ClusterSlots.of(views);
        known = slots.members();
        return slots;
    }

    private CompletionStage<String> ask(HostAndPort node) {
        try {
            return client.connectAsync(StringCodec.UTF8, LettuceSetup.uri(settings, node))
                    .thenCompose(ClusterFinder::view);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private static CompletionStage<String> view(
            StatefulRedisConnection<String, String> connection) {
        return connection
                .async()
                .clusterNodes()
                .whenComplete((answer, error) -> connection.closeAsync());
    }
}
