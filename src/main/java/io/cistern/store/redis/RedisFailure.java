package io.cistern.store.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;

/**
 * Why Redis did not do what it was asked. Its own texts are not passed on: they may quote
 * arguments.
 */
public enum RedisFailure {
    DISCONNECTED("there is no connection to Redis"),
    TIMEOUT("Redis did not answer in time"),
    OVERLOAD("too many commands wait for Redis"),
    AUTHENTICATION("Redis refuses the user or the password"),
    READ_ONLY("this Redis is a replica and takes no changes"),
    OUT_OF_MEMORY("the memory of Redis is full"),
    PERSISTENCE("Redis can't persist, and takes no changes"),
    REPLICAS("too few replicas follow this Redis, and it takes no changes"),
    LOADING("Redis is loading its data"),
    BUSY("Redis is busy with a script"),
    CLUSTER("the Redis cluster can't serve this slot now"),
    WRONG_TYPE("a key of the cache holds something else in Redis"),
    OTHER("Redis refuses the command");

    private static final Map<String, RedisFailure> BY_CODE =
            Map.ofEntries(
                    Map.entry("NOAUTH", AUTHENTICATION),
                    Map.entry("WRONGPASS", AUTHENTICATION),
                    Map.entry("NOPERM", AUTHENTICATION),
                    Map.entry("READONLY", READ_ONLY),
                    Map.entry("MASTERDOWN", READ_ONLY),
                    Map.entry("OOM", OUT_OF_MEMORY),
                    Map.entry("MISCONF", PERSISTENCE),
                    Map.entry("NOREPLICAS", REPLICAS),
                    Map.entry("LOADING", LOADING),
                    Map.entry("BUSY", BUSY),
                    Map.entry("CLUSTERDOWN", CLUSTER),
                    Map.entry("TRYAGAIN", CLUSTER),
                    Map.entry("MOVED", CLUSTER),
                    Map.entry("ASK", CLUSTER),
                    Map.entry("CROSSSLOT", CLUSTER),
                    Map.entry("WRONGTYPE", WRONG_TYPE));

    /** Codes stand first, or, where Redis 6 tells what a script ran into, somewhere inside. */
    private static final Pattern CODE = Pattern.compile("\\b[A-Z]{3,}\\b");

    private final String reason;

    RedisFailure(String reason) {
        this.reason = reason;
    }

    /** In a few words, without any value. */
    public String reason() {
        return reason;
    }

    /** For the label of a metric. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static RedisFailure of(Throwable error) {
        var cause =
                error instanceof CompletionException && error.getCause() != null
                        ? error.getCause()
                        : error;
        var message = String.valueOf(cause.getMessage());
        if (cause instanceof RedisCommandTimeoutException) {
            return TIMEOUT;
        }
        if (cause instanceof RedisCommandExecutionException) {
            return ofReply(message);
        }
        if (message.contains("queue size exceeded")) {
            return OVERLOAD;
        }
        return cause instanceof RedisException || cause instanceof IOException
                ? DISCONNECTED
                : OTHER;
    }

    private static RedisFailure ofReply(String message) {
        var codes = CODE.matcher(message);
        while (codes.find()) {
            var failure = BY_CODE.get(codes.group());
            if (failure != null) {
                return failure;
            }
        }
        return OTHER;
    }
}
