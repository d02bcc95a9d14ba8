package io.cistern.warming.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.redis.DataConnection;
import io.cistern.store.redis.Script;
import io.cistern.warming.run.RunReport;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For instances that share a Redis. Whoever runs a strategy holds a lease that ends by itself when
 * its reports fail to come. What Redis loses is told to it again by the next report.
 */
public final class RedisCoordinator implements Coordinator {

    private static final Logger LOG = LoggerFactory.getLogger(RedisCoordinator.class);

    /** Five reports may fail to come before a run is taken for dead. */
    private static final long LEASE_MILLIS = 5_000;

    /** Clocks of instances may differ by that much before a firing happens twice. */
    private static final long TICK_MILLIS = TimeUnit.MINUTES.toMillis(10);

    private static final long REPEAT_MILLIS = TimeUnit.MINUTES.toMillis(1);
    private static final long RUN_MILLIS = TimeUnit.DAYS.toMillis(1);
    private static final long LAST_RUN_MILLIS = TimeUnit.DAYS.toMillis(90);
    private static final long PATIENCE_MILLIS = 1_000;
    private static final byte[] ON = "on".getBytes(UTF_8);
    private static final byte[] OFF = "off".getBytes(UTF_8);
    private static final String DONE = "done";

    private static final Script BEGIN = Script.of("warming-begin.lua");
    private static final Script REPORT = Script.of("warming-report.lua");
    private static final ObjectMapper JSON =
            new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final DataConnection redis;
    private final String base;
    private final String instance;
    private final Switches switches;
    private final RunRecords records = new RunRecords();

    /**
     * @param redis the way to Redis; not closed with it
     * @param base what its names in Redis begin with
     * @param instance the name of this instance
     * @param switches keeps what is turned off, should Redis lose it
     */
    public RedisCoordinator(DataConnection redis, String base, String instance, Switches switches) {
        this.redis = redis;
        this.base = base;
        this.instance = instance;
        this.switches = switches;
    }

    @Override
    public String instance() {
        return instance;
    }

    @Override
    public Claim claimTick(String strategy, long tick) {
        var mine =
                ask(
                        commands -> {
                            var lease = commands.get(of(strategy, "lease"));
                            var turned = commands.hget(switchesName(), bytes(strategy));
                            return commands.set(
                                            of(strategy, "tick:" + tick),
                                            bytes(instance),
                                            SetArgs.Builder.nx().px(TICK_MILLIS))
                                    .thenCombine(
                                            lease,
                                            (set, held) ->
                                                    set == null
                                                            ? Claim.DONE
                                                            : held == null
                                                                    ? Claim.MINE
                                                                    : Claim.OTHERS)
                                    .thenCombine(
                                            turned,
                                            (claim, on) ->
                                                    on != null && text(on).equals("off")
                                                            ? Claim.DONE
                                                            : claim);
                        });
        return mine.orElse(Claim.UNKNOWN);
    }

    @Override
    public Claim claimStartup(String strategy, String digest) {
        var name = of(strategy, "startup:" + digest);
        return ask(commands -> {
                    var there = commands.get(name);
                    return commands.set(
                                    name, bytes(instance), SetArgs.Builder.nx().px(LEASE_MILLIS))
                            .thenCombine(there, RedisCoordinator::startup);
                })
                .orElse(Claim.UNKNOWN);
    }

    private static Claim startup(String set, byte[] there) {
        if (set != null) {
            return Claim.MINE;
        }
        return there != null && text(there).equals(DONE) ? Claim.DONE : Claim.OTHERS;
    }

    @Override
    public void keepStartup(String strategy, String digest) {
        ask(
                commands ->
                        commands.set(
                                of(strategy, "startup:" + digest),
                                bytes(instance),
                                SetArgs.Builder.px(LEASE_MILLIS)));
    }

    @Override
    public void endStartup(String strategy, String digest, boolean done) {
        var name = of(strategy, "startup:" + digest);
        if (done) {
            ask(commands -> commands.set(name, bytes(DONE), SetArgs.Builder.px(REPEAT_MILLIS)));
        } else {
            ask(commands -> commands.del(name));
        }
    }

    @Override
    public Claim begin(RunReport run) {
        records.add(run);
        var reply =
                ask(
                        commands ->
                                BEGIN.run(
                                        commands,
                                        names(run),
                                        List.of(
                                                bytes(run.id()),
                                                bytes(LEASE_MILLIS),
                                                write(run),
                                                bytes(LAST_RUN_MILLIS))));
        if (reply.isEmpty()) {
            return Claim.UNKNOWN;
        }
        if ((Long) reply.get().get(0) == 0) {
            return Claim.OTHERS;
        }
        remember(run);
        read((byte[]) reply.get().get(1))
                .filter(last -> !last.isOver() && !last.id().equals(run.id()))
                .ifPresent(last -> lost(last, run));
        return Claim.MINE;
    }

    /** Whoever asks for the run of an instance that went away is told how far it got. */
    private void lost(RunReport last, RunReport by) {
        var reason =
                "instance %s went away after %d of it; instance %s runs the strategy as run %s"
                        .formatted(last.instance(), last.done(), instance, by.id());
        LOG.warn("Warming {}, run {}: {}", last.strategy(), last.id(), reason);
        remember(last.lost(reason, Instant.now()));
    }

    @Override
    public Order report(RunReport run) {
        records.add(run);
        if (run.startedAt() != null && !tell(run, LEASE_MILLIS)) {
            return Order.GIVE_UP;
        }
        remember(run);
        var cancelled = ask(commands -> commands.get(name("cancel:" + run.id())));
        return cancelled.isPresent() ? Order.CANCEL : Order.GO_ON;
    }

    @Override
    public void end(RunReport run) {
        records.add(run);
        if (run.startedAt() != null) {
            tell(run, 0);
        }
        remember(run);
    }

    /** False if another run has the lease. */
    private boolean tell(RunReport run, long lease) {
        return ask(commands ->
                        REPORT.run(
                                commands,
                                names(run),
                                List.of(
                                        bytes(run.id()),
                                        bytes(lease),
                                        write(run),
                                        bytes(LAST_RUN_MILLIS))))
                .map(reply -> (Long) reply.get(0) == 1)
                .orElse(true);
    }

    private void remember(RunReport run) {
        ask(
                commands ->
                        commands.set(
                                name("run:" + run.id()),
                                write(run),
                                SetArgs.Builder.px(RUN_MILLIS)));
    }

    @Override
    public Optional<RunReport> run(String id) {
        return ask(commands -> commands.get(name("run:" + id)))
                .flatMap(RedisCoordinator::read)
                .or(() -> records.find(id));
    }

    @Override
    public Optional<RunReport> lastRun(String strategy) {
        return ask(commands -> commands.get(of(strategy, "last")))
                .flatMap(RedisCoordinator::read)
                .or(() -> records.last(strategy));
    }

    @Override
    public boolean cancel(String id) {
        return ask(commands ->
                        commands.set(name("cancel:" + id), ON, SetArgs.Builder.px(RUN_MILLIS)))
                .isPresent();
    }

    /** What Redis knows wins; what it has lost, it gets back. */
    @Override
    public void refresh() {
        var there = ask(commands -> commands.hgetall(switchesName()));
        if (there.isEmpty()) {
            return;
        }
        Map<String, Boolean> now = new TreeMap<>(switches.all());
        there.get().forEach((name, on) -> now.put(text(name), text(on).equals("on")));
        now.forEach(
                (name, on) -> {
                    if (there.get().keySet().stream().noneMatch(key -> text(key).equals(name))) {
                        ask(
                                commands ->
                                        commands.hsetnx(
                                                switchesName(), bytes(name), on ? ON : OFF));
                    }
                });
        switches.replace(now);
    }

    @Override
    public Map<String, Boolean> switches() {
        return switches.all();
    }

    @Override
    public void turn(String strategy, boolean on) {
        var told = ask(commands -> commands.hset(switchesName(), bytes(strategy), on ? ON : OFF));
        if (told.isEmpty()) {
            throw new IllegalStateException("Redis can't take it now");
        }
        switches.turn(strategy, on);
    }

    @Override
    public void close() {
        // the connection is everyone's
    }

    /** An answer, if there is one in time; nothing for nil. */
    private <T> Optional<T> ask(
            Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> question) {
        if (!redis.isUp()) {
            return Optional.empty();
        }
        try {
            var answer =
                    question.apply(redis.commands())
                            .toCompletableFuture()
                            .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            redis.ended(null);
            return Optional.ofNullable(answer);
        } catch (ExecutionException e) {
            redis.ended(e.getCause());
            LOG.debug("Redis does not answer warming", e);
            return Optional.empty();
        } catch (TimeoutException | RuntimeException e) {
            LOG.debug("Redis does not answer warming", e);
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private List<byte[]> names(RunReport run) {
        return List.of(of(run.strategy(), "lease"), of(run.strategy(), "last"));
    }

    /** Names of one strategy share a hash tag, so that one script may use several. */
    private byte[] of(String strategy, String what) {
        return bytes(base + "{" + strategy + "}:" + what);
    }

    private byte[] name(String what) {
        return bytes(base + what);
    }

    private byte[] switchesName() {
        return name("switches");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static byte[] bytes(long number) {
        return bytes(Long.toString(number));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    private static byte[] write(RunReport run) {
        try {
            return JSON.writeValueAsBytes(run);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a run that is no JSON", e);
        }
    }

    private static Optional<RunReport> read(byte[] json) {
        if (json.length == 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(json, RunReport.class));
        } catch (IOException e) {
            LOG.debug("A run that can't be read", e);
            return Optional.empty();
        }
    }
}
