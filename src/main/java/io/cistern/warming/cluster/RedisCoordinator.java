package io.cistern.warming.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cistern.redis.RedisRoutes;
import io.cistern.store.redis.Script;
import io.cistern.warming.run.RunReport;
import io.lettuce.core.SetArgs;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
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
    private static final byte[] ON = "on".getBytes(UTF_8);
    private static final byte[] OFF = "off".getBytes(UTF_8);
    private static final String DONE = "done";

    private static final Script BEGIN = Script.of("warming-begin.lua");
    private static final Script REPORT = Script.of("warming-report.lua");

    private final Questions questions;
    private final SharedRuns runs;
    private final String base;
    private final String instance;
    private final Switches switches;
    private final RunRecords records = new RunRecords();

    /**
     * @param redis the ways to Redis; not closed with it
     * @param base what its names in Redis begin with; on a Cluster with a hash tag, so that one
     *     server holds them all
     * @param instance the name of this instance
     * @param switches keeps what is turned off, should Redis lose it
     */
    public RedisCoordinator(RedisRoutes redis, String base, String instance, Switches switches) {
        this.questions = new Questions(redis, bytes(base));
        this.runs = new SharedRuns(questions);
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
                questions.ask(
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
    public Claim claimLeft(String strategy) {
        return questions
                .ask(
                        commands ->
                                commands.get(of(strategy, "lease"))
                                        .thenCombine(
                                                commands.get(of(strategy, "last")),
                                                RedisCoordinator::left))
                .orElse(Claim.UNKNOWN);
    }

    /** A run that ended gives its lease back in the same step. */
    private static Claim left(byte[] lease, byte[] last) {
        if (lease != null) {
            return Claim.OTHERS;
        }
        return last == null || SharedRuns.read(last).map(RunReport::isOver).orElse(true)
                ? Claim.DONE
                : Claim.MINE;
    }

    @Override
    public Claim claimStartup(String strategy, String digest) {
        var name = of(strategy, "startup:" + digest);
        return questions
                .ask(
                        commands -> {
                            var there = commands.get(name);
                            return commands.set(
                                            name,
                                            bytes(instance),
                                            SetArgs.Builder.nx().px(LEASE_MILLIS))
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
        questions.ask(
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
            questions.ask(
                    commands -> commands.set(name, bytes(DONE), SetArgs.Builder.px(REPEAT_MILLIS)));
        } else {
            questions.ask(commands -> commands.del(name));
        }
    }

    @Override
    public Claim begin(RunReport run) {
        records.add(run);
        var reply =
                questions.ask(
                        commands ->
                                BEGIN.run(
                                        commands,
                                        names(run),
                                        List.of(
                                                bytes(run.id()),
                                                bytes(LEASE_MILLIS),
                                                SharedRuns.write(run),
                                                bytes(LAST_RUN_MILLIS))));
        if (reply.isEmpty()) {
            return Claim.UNKNOWN;
        }
        if ((Long) reply.get().get(0) == 0) {
            return Claim.OTHERS;
        }
        remember(run);
        SharedRuns.read((byte[]) reply.get().get(1))
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
        var cancelled = questions.ask(commands -> commands.get(name("cancel:" + run.id())));
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
        return questions
                .ask(
                        commands ->
                                REPORT.run(
                                        commands,
                                        names(run),
                                        List.of(
                                                bytes(run.id()),
                                                bytes(lease),
                                                SharedRuns.write(run),
                                                bytes(LAST_RUN_MILLIS))))
                .map(reply -> (Long) reply.get(0) == 1)
                .orElse(true);
    }

    private void remember(RunReport run) {
        questions.ask(
                commands ->
                        commands.set(
                                name("run:" + run.id()),
                                SharedRuns.write(run),
                                SetArgs.Builder.px(RUN_MILLIS)));
    }

    @Override
    public Optional<RunReport> run(String id) {
        return runs.find(name("run:" + id), RUN_MILLIS).or(() -> records.find(id));
    }

    @Override
    public Optional<RunReport> lastRun(String strategy) {
        return runs.find(of(strategy, "last"), LAST_RUN_MILLIS).or(() -> records.last(strategy));
    }

    @Override
    public boolean cancel(String id) {
        return questions
                .ask(
                        commands ->
                                commands.set(
                                        name("cancel:" + id), ON, SetArgs.Builder.px(RUN_MILLIS)))
                .isPresent();
    }

    /** What Redis knows wins; what it has lost, it gets back. */
    @Override
    public void refresh() {
        var there = questions.ask(commands -> commands.hgetall(switchesName()));
        if (there.isEmpty()) {
            return;
        }
        Map<String, Boolean> now = new TreeMap<>(switches.all());
        there.get().forEach((name, on) -> now.put(text(name), text(on).equals("on")));
        now.forEach(
                (name, on) -> {
                    if (there.get().keySet().stream().noneMatch(key -> text(key).equals(name))) {
                        questions.ask(
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
        var told =
                questions.ask(
                        commands -> commands.hset(switchesName(), bytes(strategy), on ? ON : OFF));
        if (told.isEmpty()) {
            throw new IllegalStateException("Redis can't take it now");
        }
        switches.turn(strategy, on);
    }

    @Override
    public void close() {
        // the connection is everyone's
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
}
