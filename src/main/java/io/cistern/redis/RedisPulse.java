package io.cistern.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks Redis for its TIME again and again, on a connection of its own, so that a frozen server is
 * noticed before commands pile up. All methods run on the link's thread, answers aside.
 */
final class RedisPulse {
    static final Duration PERIOD = Duration.ofMillis(250);
    private static final Duration LONGEST_WAIT = Duration.ofMillis(500);
    static final Duration OWN_PAUSE = Duration.ofMillis(100);
    private static final Duration GIVE_UP_CONNECTION = Duration.ofSeconds(2);

    /** Well within the wait for an answer. */
    private static final long REPLICAS_MILLIS = 200;

    private static final byte[] NOTHING = {};

    private final ReconnectingConnection connection;
    private final ReconnectingConnection data;
    private final RedisLink link;
    private final Times times;
    private final ScheduledExecutorService scheduler;
    private final long timeoutNanos;
    private final Supplier<byte[]> probe;
    private final Stillness stillness;
    private final int replicas;
    private volatile ScheduledFuture<?> ticking;
    private Beat beat;
    private StatefulRedisConnection<byte[], byte[]> watched;
    private StatefulRedisConnection<byte[], byte[]> proven;
    private long answeredAt;
    private long aloneSince = System.nanoTime();

    /** Takes an answer to TIME, as {@link RedisClock#sample} does. */
    interface Times {
        void sample(long sentNanos, long answeredNanos, long redisMicros);
    }

    /** One question on its way. */
    private record Beat(StatefulRedisConnection<byte[], byte[]> on, long sent) {}

    /**
     * @param connection the pulse's own
     * @param data must be there as well for the link to be up
     * @param commandTimeout upper bound of the wait for an answer
     * @param times is told what the server's clock says
     * @param probe the name of the write probe
     * @param stillness is told each time the pulse runs
     * @param replicas how many must have what is written; 0 for none
     */
    RedisPulse(
            ReconnectingConnection connection,
            ReconnectingConnection data,
            RedisLink link,
            Times times,
            ScheduledExecutorService scheduler,
            Duration commandTimeout,
            Supplier<byte[]> probe,
            Stillness stillness,
            int replicas) {
        this.stillness = stillness;
        this.replicas = replicas;
        this.connection = connection;
        this.data = data;
        this.link = link;
        this.times = times;
        this.scheduler = scheduler;
        this.timeoutNanos =
                (commandTimeout.compareTo(LONGEST_WAIT) < 0 ? commandTimeout : LONGEST_WAIT)
                        .toNanos();
        this.probe = probe;
    }

    void start() {
        ticking =
                scheduler.scheduleWithFixedDelay(
                        this::tick, 0, PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop() {
        if (ticking != null) {
            ticking.cancel(false);
        }
    }

    /** A connection was made: ask at once. */
    void connected() {
        scheduler.execute(this::tick);
    }

    /** Commands time out: whatever the pulse is waiting for, the connections may be dead. */
    void afterTimeouts() {
        data.renew();
        tick();
    }

    private void tick() {
        stillness.tick();
        long now = System.nanoTime();
        var on = connection.current();
        if (on == null) {
            beat = null;
            // Before that, each attempt to connect tells by itself how it ended.
            if (link.isUp() && now - aloneSince > timeoutNanos) {
                link.down(RedisFailure.NO_ANSWER);
            }
            return;
        }
        aloneSince = now;
        if (on != watched) {
            watched = on;
            answeredAt = now;
            send(on);
            return;
        }
        if (stillness.isRecent()) {
            // It could not be heard.
            answeredAt = now;
        }
        if (now - answeredAt > GIVE_UP_CONNECTION.toNanos()) {
            // The other end may be gone without a word: new connections find out.
            connection.renew();
            data.renew();
        } else if (beat == null) {
            send(on);
        }
    }

    private void send(StatefulRedisConnection<byte[], byte[]> on) {
        var sent = new Beat(on, System.nanoTime());
        beat = sent;
        expect(sent, timeoutNanos);
        try {
            ask(on, sent);
        } catch (RuntimeException e) {
            ended(sent, e);
        }
    }

    private void ask(StatefulRedisConnection<byte[], byte[]> on, Beat sent) {
        on.async()
                .time()
                .thenAccept(answer -> times.sample(sent.sent(), System.nanoTime(), micros(answer)))
                .thenCombine(probe(on), (timed, probed) -> probed)
                .whenComplete((probed, thrown) -> scheduler.execute(() -> ended(sent, thrown)));
    }

    /**
     * Tells whether changes are taken: TIME alone is answered by replicas and full servers as well.
     * Asked once for a connection, and as long as the link isn't fully up; always where replicas
     * have to confirm.
     */
    private CompletionStage<?> probe(StatefulRedisConnection<byte[], byte[]> on) {
        if (replicas == 0 && proven == on && link.isWritable()) {
            return CompletableFuture.completedFuture(null);
        }
        var written = on.async().set(probe.get(), NOTHING, SetArgs.Builder.px(1));
        if (replicas == 0) {
            return written;
        }
        return written.thenCombine(
                on.async().waitForReplication(replicas, REPLICAS_MILLIS),
                (ok, count) -> {
                    if (count < replicas) {
                        throw new TooFewReplicasException();
                    }
                    return ok;
                });
    }

    private void ended(Beat sent, Throwable thrown) {
        if (beat != sent) {
            return;
        }
        beat = null;
        if (thrown == null) {
            answeredAt = System.nanoTime();
            good(sent.on());
            return;
        }
        var failure = RedisFailure.of(thrown);
        if (!failure.isTimeout()) {
            answeredAt = System.nanoTime();
        }
        if (failure.kind() == RedisFailure.Kind.OUT_OF_MEMORY
                || failure.equals(RedisFailure.TOO_FEW_REPLICAS)) {
            if (data.current() != null) {
                connection.proven();
                data.proven();
                link.readOnly(failure);
            }
        } else if (failure.kind() == RedisFailure.Kind.PERMISSION) {
            // A user that may neither ask for the time nor write the probe: it answers, though.
            good(sent.on());
        } else {
            bad(failure, thrown);
        }
    }

    private void good(StatefulRedisConnection<byte[], byte[]> on) {
        proven = on;
        connection.proven();
        if (data.current() != null) {
            data.proven();
            link.up();
        }
    }

    private void bad(RedisFailure failure, Throwable thrown) {
        proven = null;
        // A connection that broke is made anew; only when that fails, too, is Redis down.
        if (failure.isTimeout() || hasCause(thrown, RedisCommandExecutionException.class)) {
            link.down(failure);
        }
        if (failure.kind() == RedisFailure.Kind.READ_ONLY) {
            // A master is elsewhere by now: new connections find it, by Sentinel or by name.
            connection.renew();
            data.renew();
        }
    }

    /** After the wait there has to be an answer, unless it was this process that stood still. */
    private void expect(Beat sent, long waitNanos) {
        long due = System.nanoTime() + waitNanos;
        scheduler.schedule(
                () -> {
                    if (beat != sent) {
                        return;
                    }
                    if (System.nanoTime() - due > OWN_PAUSE.toNanos()) {
                        expect(sent, timeoutNanos);
                    } else {
                        proven = null;
                        link.down(RedisFailure.NO_ANSWER);
                    }
                },
                waitNanos,
                TimeUnit.NANOSECONDS);
    }

    private static long micros(List<byte[]> answer) {
        return number(answer.get(0)) * 1_000_000 + number(answer.get(1));
    }

    private static long number(byte[] digits) {
        return Long.parseLong(new String(digits, StandardCharsets.US_ASCII));
    }

    private static boolean hasCause(Throwable thrown, Class<? extends Throwable> type) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
