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
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

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
        /** User or password is wrong, or may not do this. */
        AUTH,
        /** Redis answered a command with an error. */
        COMMAND
    }

    static final String TIME_OUT = "time-out";
    static final String READ_ONLY_REPLICA = "read-only replica";
    static final String OUT_OF_MEMORY = "out of memory";

    private static final RedisFailure LOST = new RedisFailure(Kind.CONNECTION, "connection lost");
    private static final Pattern CODE = Pattern.compile("^([A-Z]{2,20})\\b.*", Pattern.DOTALL);

    /** Tells what an exception of Lettuce or Netty, or one that wraps such an exception, means. */
    public static RedisFailure of(Throwable thrown) {
        RedisFailure found = null;
        for (Throwable cause = thrown; cause != null && found == null; cause = cause.getCause()) {
            found = one(cause);
        }
        return found == null ? byText(thrown) : found;
    }

    boolean isTimeout() {
        return kind == Kind.TIMEOUT;
    }

    private static RedisFailure one(Throwable cause) {
        if (cause instanceof RedisUnavailableException) {
            return new RedisFailure(Kind.CONNECTION, "unavailable");
        }
        if (cause instanceof RedisCommandExecutionException answered) {
            return answer(String.valueOf(answered.getMessage()));
        }
        if (cause instanceof RedisCommandTimeoutException
                || cause instanceof ConnectTimeoutException
                || cause instanceof TimeoutException) {
            return new RedisFailure(Kind.TIMEOUT, TIME_OUT);
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
        return cause instanceof IOException ? LOST : null;
    }

    private static RedisFailure byText(Throwable thrown) {
        String text = String.valueOf(thrown.getMessage());
        return thrown instanceof RedisException && text.startsWith("Request queue size exceeded")
                ? new RedisFailure(Kind.COMMAND, "too many commands in flight")
                : LOST;
    }

    private static RedisFailure answer(String text) {
        var code = CODE.matcher(text);
        return switch (code.matches() ? code.group(1) : "") {
            case "NOAUTH", "WRONGPASS" -> new RedisFailure(Kind.AUTH, "authentication failed");
            case "NOPERM" -> new RedisFailure(Kind.AUTH, "not permitted");
            case "READONLY" -> new RedisFailure(Kind.COMMAND, READ_ONLY_REPLICA);
            case "OOM" -> new RedisFailure(Kind.COMMAND, OUT_OF_MEMORY);
            case "LOADING" -> new RedisFailure(Kind.COMMAND, "loading its data");
            case "MASTERDOWN" -> new RedisFailure(Kind.COMMAND, "replica without its master");
            case "BUSY" -> new RedisFailure(Kind.COMMAND, "busy with a script");
            case "MISCONF" -> new RedisFailure(Kind.COMMAND, "cannot write to its disk");
            case "ERR" -> plainError(text);
            case "" -> new RedisFailure(Kind.COMMAND, "error");
            default -> new RedisFailure(Kind.COMMAND, "error " + code.group(1));
        };
    }

    private static RedisFailure plainError(String text) {
        if (text.contains("DB index is out of range") || text.contains("invalid DB index")) {
            return new RedisFailure(Kind.COMMAND, "no such database");
        }
        if (text.contains("max number of clients")) {
            return new RedisFailure(Kind.CONNECTION, "too many clients");
        }
        if (text.contains("AUTH") || text.contains("invalid password")) {
            return new RedisFailure(Kind.AUTH, "authentication failed");
        }
        return new RedisFailure(Kind.COMMAND, "error ERR");
    }
}
