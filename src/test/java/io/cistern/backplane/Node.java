package io.cistern.backplane;

import io.cistern.breaker.Breakers;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Backplane.News;
import io.cistern.cache.spi.Partition;
import io.cistern.redis.EmbeddedRedis;
import io.cistern.redis.RedisConnections;
import io.cistern.settings.BreakerSettings;
import io.cistern.settings.HostAndPort;
import io.cistern.settings.RedisPlace;
import io.cistern.settings.RedisSettings;
import io.cistern.settings.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;

/** A backplane with its routes in a context of its own, and what it heard. */
final class Node implements AutoCloseable {
    static final Partition PARTITION = new Partition("products", 0);

    final List<News> heard = new CopyOnWriteArrayList<>();
    final RedisConnections redis;
    final RedisBackplane backplane;
    final Breakers breakers = new Breakers(new BreakerSettings(true, 5, Duration.ofSeconds(60)));
    final CamelContext context = new DefaultCamelContext();
    private final AtomicLong number = new AtomicLong();

    Node(int port, String namespace) throws Exception {
        this(port, namespace, 0, Optional.empty());
    }

    Node(int port, String namespace, int database, Optional<String> user) throws Exception {
        redis =
                RedisConnections.open(
                        new RedisSettings(
                                true,
                                new RedisPlace.Server(new HostAndPort(EmbeddedRedis.HOST, port)),
                                database,
                                user,
                                user.isPresent() ? Secret.of("secret") : Secret.NONE,
                                Optional.empty(),
                                0,
                                4,
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(5),
                                "a,b&c)%:"));
        backplane = new RedisBackplane(redis.link()::isUp, heard::add);
        breakers.install(context);
        context.getRegistry().bind("redisTemplate", redis.template());
        var channel = BackplaneRoutes.channel("a,b&c)%:", namespace, database);
        context.addRoutes(
                new BackplaneRoutes(
                        backplane, channel, redis.listenerContainer(backplane.inbox())));
        context.start();
    }

    /** Sends the next of a series, which goes on whatever is lost. */
    News send() {
        long next = number.incrementAndGet();
        var news = new News.Changed(PARTITION, Change.key("k" + next), new Position(1, next));
        backplane.send(news);
        return news;
    }

    @Override
    public void close() {
        context.stop();
        backplane.close();
        redis.close();
    }
}
