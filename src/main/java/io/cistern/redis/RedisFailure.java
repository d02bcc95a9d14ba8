package io.cistern.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.protocol.RedisProtocolException;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * What went wrong with Redis, in a few words that are fit for logs and health: an error's own text
 * never gets in, because Redis repeats arguments in it, passwords included.
 *
 * @param kind for counting
 * @param reason such as {@code connection refused}
 */
public record RedisFailure(Kind kind, String reason) {
    /** Kinds of errors, as the metric {@code cistern_redis_errors_total} tells them apart. */
    public enum Kind {
        /** No connection, or it broke. */
        CONNECTION,
        /** No answer in time. */
        TIMEOUT,
        /** Too many commands wait for an answer; this one was not sent. */
        OVERLOAD,
        /** User or password is wrong or missing. */
        AUTH,
        /** The user may not do this. */
        PERMISSION,
        /** A replica, which takes no changes and may be behind. */
        READ_ONLY,
        /** Redis is full and may not evict. */
        OUT_OF_MEMORY,
        /** Redis can't persist and takes no changes until it can. */
        PERSISTENCE,
        /** Fewer replicas follow than Redis demands for changes. */
        REPLICAS,
        /** Redis reads its data after a start. */
        LOADING,
        /** A script runs for too long. */
        BUSY,
        /** The cluster can't serve the slot here, or now. */
        CLUSTER,
        /** Under the name is something of another type. */
        WRONG_TYPE,
        /** Redis answered with any other error. */
        COMMAND;

        /** The value of the metric's label. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final String TIME_OUT = "time-out";
    static final String NO_DATABASE = "no such database";

    /** Nothing came back in time. */
    static final RedisFailure NO_ANSWER = new RedisFailure(Kind.TIMEOUT, TIME_OUT);

    /** A failover is under way. */
    static final RedisFailure OTHER_MASTER = new RedisFailure(Kind.CONNECTION, "another master");

    /** Not sent, because Redis is known to be away. */
    static final RedisFailure REFUSED = new RedisFailure(Kind.CONNECTION, "unavailable");

    static final RedisFailure LOST = new RedisFailure(Kind.CONNECTION, "connection lost");
    static final RedisFailure TOO_FEW_REPLICAS =
            new RedisFailure(Kind.REPLICAS, "too few replicas");
    static final RedisFailure NO_MASTER = new RedisFailure(Kind.CLUSTER, "slots without a master");
    static final RedisFailure TLS =
            new RedisFailure(Kind.CONNECTION, "no TLS, or a certificate is refused");
    private static final RedisFailure AUTH = new RedisFailure(Kind.AUTH, "authentication failed");

    private static final Map<String, RedisFailure> BY_CODE =
            Map.ofEntries(
                    Map.entry("NOAUTH", AUTH),
                    Map.entry("WRONGPASS", AUTH),
                    code("NOPERM", Kind.PERMISSION, "not permitted"),
                    code("READONLY", Kind.READ_ONLY, "read-only replica"),
                    code("MASTERDOWN", Kind.READ_ONLY, "replica without its master"),
                    code("OOM", Kind.OUT_OF_MEMORY, "out of memory"),
                    code("MISCONF", Kind.PERSISTENCE, "cannot write to its disk"),
                    code("NOREPLICAS", Kind.REPLICAS, "too few replicas"),
                    code("LOADING", Kind.LOADING, "loading its data"),
                    code("BUSY", Kind.BUSY, "busy with a script"),
                    code("CLUSTERDOWN", Kind.CLUSTER, "cluster is down"),
                    code("TRYAGAIN", Kind.CLUSTER, "slot is moving"),
                    code("MOVED", Kind.CLUSTER, "slot is elsewhere"),
                    code("ASK", Kind.CLUSTER, "slot is moving"),
                    code("CROSSSLOT", Kind.CLUSTER, "names in several slots"),
                    code("WRONGTYPE", Kind.WRONG_TYPE, "error WRONGTYPE"));

    private static final Pattern CODE = Pattern.compile("^([A-Z]{2,20})\\b");

    /** Redis 6 tells only inside its own text what a script ran into. */
    private static final Pattern OF_SCRIPT = Pattern.compile("^ERR Error running script\\b");

    private static final Pattern INNER_CODE = Pattern.compile("\\b[A-Z]{3,20}\\b");

    /** Tells what an exception of Lettuce or Netty, or one that wraps such an exception, means. */
    public static RedisFailure of(Throwable thrown) {
        RedisFailure found = null;
        for (Throwable cause = thrown; cause != null && found == null; cause = cause.getCause()) {
            found = one(cause);
        }
        return found == null ? byText(thrown) : found;
    }

    /** Whether nothing came back in time. */
    public boolean isTimeout() {
        return kind == Kind.TIMEOUT;
    }

    private static Map.Entry<String, RedisFailure> code(String code, Kind kind, String reason) {
        return Map.entry(code, new RedisFailure(kind, reason));
    }

    private static RedisFailure one(Throwable cause) {
        if (cause instanceof RedisUnavailableException) {
            return REFUSED;
        }
        if (cause instanceof SentinelException sentinel) {
            return sentinel.failure();
        }
        if (cause instanceof TooFewReplicasException) {
            return TOO_FEW_REPLICAS;
        }
        if (cause instanceof SSLException) {
            return TLS;
        }
        if (cause instanceof RedisCommandExecutionException answered) {
            return answer(String.valueOf(answered.getMessage()));
        }
        if (cause instanceof RedisCommandTimeoutException
                || cause instanceof ConnectTimeoutException
                || cause instanceof TimeoutException) {
            return NO_ANSWER;
        }
        if (cause instanceof UnknownHostException) {
            return new RedisFailure(Kind.CONNECTION, "unknown host");
        }
        if (cause instanceof NoRouteToHostException) {
            return new RedisFailure(Kind.CONNECTION, "no route to host");
        }
        if (cause instanceof ConnectException) {
            return new RedisFailure(Kind.CONNECTION, "connection refused");
        }
        if (cause instanceof RedisProtocolException || cause instanceof IllegalArgumentException) {
            return new RedisFailure(Kind.CONNECTION, "no Redis protocol");
        }
        return cause instanceof IOException || cause instanceof CancellationException ? LOST : null;
    }

    private static RedisFailure byText(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisException) {
                return String.valueOf(cause.getMessage()).contains("queue size exceeded")
                        ? new RedisFailure(Kind.OVERLOAD, "too many commands in flight")
                        : LOST;
            }
        }
        return new RedisFailure(Kind.COMMAND, "error");
    }

    private static RedisFailure answer(String text) {
        if (OF_SCRIPT.matcher(text).find()) {
            return INNER_CODE
                    .matcher(text)
                    .results()
                    .map(match -> BY_CODE.get(match.group()))
                    .filter(known -> known != null)
                    .findFirst()
                    .orElse(new RedisFailure(Kind.COMMAND, "error in a script"));
        }
        var matcher = CODE.matcher(text);
        if (!matcher.find()) {
            return new RedisFailure(Kind.COMMAND, "error");
        }
        var code = matcher.group(1);
        var known = code.equals("ERR") ? plainError(text) : BY_CODE.get(code);
        return known != null ? known : new RedisFailure(Kind.COMMAND, "error " + code);
    }

    private static RedisFailure plainError(String text) {
        if (text.contains("DB index is out of range") || text.contains("invalid DB index")) {
            return new RedisFailure(Kind.COMMAND, NO_DATABASE);
        }
        if (text.contains("max number of clients")) {
            return new RedisFailure(Kind.CONNECTION, "too many clients");
        }
        return text.contains("AUTH") || text.contains("invalid password") ? AUTH : null;
    }
}
