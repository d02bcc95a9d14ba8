package io.cistern.region;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cistern.cache.spi.StoreUnavailableException;
import io.cistern.cache.spi.Timers;
import io.cistern.redis.DataConnection;
import io.cistern.redis.RedisRoutes;
import io.cistern.redis.RedisUnavailableException;
import io.lettuce.core.SetArgs;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what tells a region in its Redis. Whoever finds nothing there writes what it knew before,
 * so that a Redis that lost all makes no other region of it as long as one instance lives.
 */
public final class RedisIdentity implements Identity {

    private static final Logger LOG = LoggerFactory.getLogger(RedisIdentity.class);
    private static final Duration AGAIN = Duration.ofSeconds(10);
    private static final Duration WHILE_UNKNOWN = Duration.ofSeconds(1);
    private static final Pattern FORM = Pattern.compile("([0-9a-f-]{36}) (\\d{1,15})");

    private final RedisRoutes redis;
    private final byte[] name;
    private final InstantSource wallClock;
    private volatile Optional<Made> current = Optional.empty();

    /**
     * @param redis the region's; not closed with this
     * @param name under which it is kept there
     * @param wallClock by which other regions' records are dated as well
     */
    public RedisIdentity(RedisRoutes redis, String name, InstantSource wallClock) {
        this.redis = redis;
        this.name = name.getBytes(UTF_8);
        this.wallClock = wallClock;
    }

    /** Looks from now on: when Redis is back, and now and then, since it may lose what it has. */
    public void start(Timers timers) {
        redis.onUp(this::look);
        lookAgain(timers);
    }

    private void lookAgain(Timers timers) {
        timers.after(current.isPresent() ? AGAIN : WHILE_UNKNOWN, () -> lookAgain(timers));
        look();
    }

    @Override
    public Optional<Made> current() {
        return current;
    }

    @Override
    public CompletionStage<Void> look() {
        var reached = redis.reach(name);
        if (reached.isEmpty()) {
            return CompletableFuture.failedStage(new StoreUnavailableException("Redis is away"));
        }
        var server = reached.get();
        return ask(server)
                .whenComplete(
                        (made, error) -> {
                            server.ended(error);
                            if (error == null) {
                                current = Optional.of(made);
                            } else {
                                LOG.debug("Redis does not tell which region it is", error);
                                redis.look();
                            }
                        })
                .thenAccept(made -> {});
    }

    private CompletionStage<Made> ask(DataConnection server) {
        try {
            return server.commands()
                    .get(name)
                    .thenCompose(
                            found -> {
                                var made = read(found);
                                return made.isPresent()
                                        ? CompletableFuture.completedStage(made.get())
                                        : make(server, found == null);
                            });
        } catch (RedisUnavailableException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private CompletionStage<Made> make(DataConnection server, boolean isFree) {
        var mine =
                current.orElseGet(() -> new Made(UUID.randomUUID().toString(), wallClock.millis()));
        var text = (mine.id() + " " + mine.millis()).getBytes(UTF_8);
        var commands = server.commands();
        var written =
                isFree ? commands.set(name, text, SetArgs.Builder.nx()) : commands.set(name, text);
        // Another instance may have been quicker.
        return written.thenCompose(done -> commands.get(name))
                .thenApply(found -> read(found).orElse(mine));
    }

    private static Optional<Made> read(byte[] found) {
        if (found == null) {
            return Optional.empty();
        }
        var match = FORM.matcher(new String(found, UTF_8));
        return match.matches()
                ? Optional.of(new Made(match.group(1), Long.parseLong(match.group(2))))
                : Optional.empty();
    }
}
