import io.cistern.backplane.BackplaneCounts.Direction;
import io.cistern.backplane.BackplaneCounts.Drop;
import io.cistern.backplane.BackplaneRoutes;
import io.cistern.backplane.RedisBackplane;
import io.cistern.breaker.Breakers;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Backplane.News;
import io.cistern.cache.spi.Partition;
import io.cistern.redis.EmbeddedRedis;
import io.cistern.redis.RedisConnections;
import io.cistern.settings.BreakerSettings;
import io.cistern.settings.RedisSettings;
import io.cistern.settings.Secret;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * Two backplanes with their routes over one Redis, in one process: how long a single invalidation
 * takes from {@code send} to the listener of the other while nothing else happens, how many a
 * second go through at a steady rate, and how many at most.
 *
 * <pre>java -cp 'target/classes:target/lib/*' bench/Backplane.java [REDIS-PORT]</pre>
 *
 * Without a port an embedded Redis is started.
 */
public final class Backplane {

    private static final int SECONDS = 5;
    private static final int SINGLE = 2_000;
    private static final Partition PARTITION = new Partition("products", 0);
    private static final String CHANNEL = BackplaneRoutes.channel("", "bench", 0);

    private Backplane() {}

    public static void main(String[] arguments) throws Exception {
        try (var own = arguments.length == 0 ? EmbeddedRedis.start() : null) {
            var port = own == null ? Integer.parseInt(arguments[0]) : own.port();
            var heard = new AtomicLong();
            var took = new AtomicLong();
            try (var from = new Node(port, news -> {});
                    var to = new Node(port, news -> hear(news, heard, took))) {
                while (heard.get() == 0) {
                    send(from, 0);
                    LockSupport.parkNanos(1_000_000);
                }
                for (var round = 0; round < 2; round++) {
                    idle(from, heard, took);
                    steady(from, to, heard, 20_000);
                    steady(from, to, heard, 1_000_000);
                }
            }
        }
        System.exit(0);
    }

    private static void hear(News news, AtomicLong heard, AtomicLong took) {
        took.set(System.nanoTime() - ((News.Changed) news).at().version());
        heard.incrementAndGet();
    }

    private static void send(Node from, int number) {
        var change = Change.key("product-" + number);
        from.backplane.send(
                new News.Changed(PARTITION, change, new Position(1L << 40, System.nanoTime())));
    }

    private static void idle(Node from, AtomicLong heard, AtomicLong took) {
        var times = new long[SINGLE];
        for (var i = 0; i < SINGLE; i++) {
            LockSupport.parkNanos(1_000_000);
            var before = heard.get();
            send(from, i);
            while (heard.get() == before) {
                LockSupport.parkNanos(100_000);
            }
            times[i] = took.get();
        }
        Arrays.sort(times);
        System.out.printf(
                "idle: p50 %.2f ms, p99 %.2f ms, longest %.2f ms%n",
                times[SINGLE / 2] / 1e6, times[SINGLE * 99 / 100] / 1e6, times[SINGLE - 1] / 1e6);
    }

    /** In steps of a millisecond, as far as the sender keeps up. */
    private static void steady(Node from, Node to, AtomicLong heard, int rate) {
        var began = System.nanoTime();
        var heardBefore = heard.get();
        var messagesBefore = to.backplane.counts().messages(Direction.RECEIVED);
        var droppedBefore = dropped(from) + dropped(to);
        var sent = 0L;
        for (var now = began; now - began < SECONDS * 1_000_000_000L; now = System.nanoTime()) {
            var due = (now - began) * rate / 1_000_000_000L;
            while (sent < due) {
                send(from, (int) sent++);
            }
            LockSupport.parkNanos(1_000_000);
        }
        var last = -1L;
        while (heard.get() != last) {
            last = heard.get();
            LockSupport.parkNanos(200_000_000);
        }
        System.out.printf(
                "asked for %,d/s: sent %,d/s, heard %,d/s in %,d messages/s, dropped %,d%n",
                rate,
                sent / SECONDS,
                (last - heardBefore) / SECONDS,
                (to.backplane.counts().messages(Direction.RECEIVED) - messagesBefore) / SECONDS,
                dropped(from) + dropped(to) - droppedBefore);
    }

    private static long dropped(Node node) {
        return Arrays.stream(Drop.values()).mapToLong(node.backplane.counts()::dropped).sum();
    }

    private static final class Node implements AutoCloseable {
        private final RedisConnections redis;
        private final RedisBackplane backplane;
        private final DefaultCamelContext context = new DefaultCamelContext();

        Node(int port, Consumer<News> listener) throws Exception {
            redis =
                    RedisConnections.open(
                            new RedisSettings(
                                    true,
                                    "127.0.0.1",
                                    port,
                                    0,
                                    Optional.empty(),
                                    Secret.NONE,
                                    10,
                                    Duration.ofSeconds(1),
                                    Duration.ofSeconds(5),
                                    ""));
            backplane = new RedisBackplane(redis.link()::isUp, listener);
            new Breakers(new BreakerSettings(true, 5, Duration.ofSeconds(60))).install(context);
            context.getRegistry().bind("redisTemplate", redis.template());
            context.addRoutes(
                    new BackplaneRoutes(
                            backplane, CHANNEL, redis.listenerContainer(backplane.inbox())));
            context.start();
        }

        @Override
        public void close() {
            context.stop();
            backplane.close();
            redis.close();
        }
    }
}
