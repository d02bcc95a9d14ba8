package io.cistern.redis;

import io.cistern.settings.HostAndPort;
import io.cistern.settings.RedisPlace;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One server for all data, always the same or the one that Sentinels take for the master. */
final class OneServer implements RedisServers {
    private static final Logger LOG = LoggerFactory.getLogger(RedisConnections.class);
    private static final long FOLLOW_MILLIS = 1_000;

    private final RedisNode.Shared shared;
    private final RedisClient client;
    private final Supplier<CompletionStage<RedisURI>> finder;
    private final RedisNode node;
    private final AtomicReference<HostAndPort> master = new AtomicReference<>();

    OneServer(RedisNode.Shared shared, RedisClient client) {
        this.shared = shared;
        this.client = client;
        this.finder = finder();
        var probe = (shared.settings().keyPrefix() + "probe").getBytes(StandardCharsets.UTF_8);
        this.node =
                new RedisNode(
                        shared,
                        shared.settings().address(),
                        () ->
                                finder.get()
                                        .thenCompose(
                                                uri ->
                                                        client.connectAsync(
                                                                ByteArrayCodec.INSTANCE, uri)),
                        shared.clock()::sample,
                        () -> probe);
    }

    @Override
    public RedisLink link() {
        return node.link();
    }

    @Override
    public DataConnection to(byte[] name) {
        return node;
    }

    @Override
    public void onUp(Runnable listener) {
        node.onUp(listener);
    }

    @Override
    public void start() {
        node.start();
        follow();
    }

    @Override
    public void stop() {
        node.stop();
    }

    /** To the server, or to where Sentinels say that the master is now. */
    private Supplier<CompletionStage<RedisURI>> finder() {
        var settings = shared.settings();
        if (settings.place() instanceof RedisPlace.Sentinels sentinels) {
            var asked = new MasterFinder(client, settings, sentinels);
            return () ->
                    asked.find()
                            .thenApply(
                                    at -> {
                                        isAt(at);
                                        return LettuceSetup.uri(settings, at);
                                    });
        }
        var uri = LettuceSetup.uri(settings, ((RedisPlace.Server) settings.place()).at());
        return () -> CompletableFuture.completedStage(uri);
    }

    /** A master that was left behind may go on answering: only the Sentinels know. */
    private void follow() {
        if (shared.settings().place() instanceof RedisPlace.Sentinels) {
            shared.scheduler()
                    .scheduleWithFixedDelay(
                            () -> finder.get().exceptionally(unknown -> null),
                            FOLLOW_MILLIS,
                            FOLLOW_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Another master may lack the latest of what the last one knew: all that leads to the old one
     * is given up, and Redis counts as away until the new one has answered.
     */
    private void isAt(HostAndPort found) {
        var before = master.getAndSet(found);
        if (before != null && !before.equals(found)) {
            LOG.info("Redis: the master is at {} now, not at {}", found, before);
            node.link().down(RedisFailure.OTHER_MASTER);
            shared.scheduler().execute(node::renew);
        }
    }
}
