package io.cistern.store.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A script in Redis: called by its digest, loaded where Redis does not know it. */
public final class Script {

    private final byte[] source;
    private final String digest;

    private Script(String source) {
        this.source = source.getBytes(StandardCharsets.UTF_8);
        try {
            var sha1 = MessageDigest.getInstance("SHA-1").digest(this.source);
            this.digest = HexFormat.of().formatHex(sha1);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    /** One file of those beside this class, or several put together. */
    public static Script of(String... files) {
        var source = new StringBuilder();
        for (var file : files) {
            try (var in = Script.class.getResourceAsStream(file)) {
                if (in == null) {
                    throw new IllegalStateException("missing script " + file);
                }
                source.append(new String(in.readAllBytes(), StandardCharsets.UTF_8)).append('\n');
            } catch (IOException e) {
                throw new UncheckedIOException("unreadable script " + file, e);
            }
        }
        return new Script(source.toString());
    }

    /** Runs it; the reply is a list of byte arrays, numbers and lists. */
    public CompletionStage<List<Object>> run(
            RedisClusterAsyncCommands<byte[], byte[]> redis, List<byte[]> keys, List<byte[]> args) {
        return call(redis, keys, args, ScriptOutputType.MULTI);
    }

    /** Runs it; the reply is a number. */
    CompletionStage<Long> runForNumber(
            RedisClusterAsyncCommands<byte[], byte[]> redis, List<byte[]> keys, List<byte[]> args) {
        return call(redis, keys, args, ScriptOutputType.INTEGER);
    }

    /** Loads it; the reply is its digest. */
    CompletionStage<String> load(RedisClusterAsyncCommands<byte[], byte[]> redis) {
        return redis.scriptLoad(source);
    }

    /**
     * For {@link #runLoaded}: the first arguments, to which keys and others are added.
     *
     * @param keys how many of them are keys
     */
    WireArgs withKeys(int keys) {
        return new WireArgs()
                .add(digest.getBytes(StandardCharsets.US_ASCII))
                .add(Replies.number(keys));
    }

    /**
     * Runs a script where it is known to be loaded, and fails where it is not; a number.
     *
     * @param args that began with {@link #withKeys}
     */
    static CompletionStage<Long> runLoaded(
            RedisClusterAsyncCommands<byte[], byte[]> redis, WireArgs args) {
        return redis.dispatch(
                CommandType.EVALSHA, new IntegerOutput<>(ByteArrayCodec.INSTANCE), args);
    }

    private <T> CompletionStage<T> call(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            List<byte[]> keys,
            List<byte[]> args,
            ScriptOutputType type) {
        var keyArray = keys.toArray(byte[][]::new);
        var argArray = args.toArray(byte[][]::new);
        CompletionStage<T> first = redis.evalsha(digest, type, keyArray, argArray);
        return first.exceptionallyCompose(
                error -> {
                    if (!isUnknown(error)) {
                        return CompletableFuture.failedStage(error);
                    }
                    return load(redis)
                            .thenCompose(
                                    loaded -> redis.<T>evalsha(digest, type, keyArray, argArray));
                });
    }

    private static boolean isUnknown(Throwable error) {
        return error instanceof RedisNoScriptException
                || error instanceof CompletionException
                        && error.getCause() instanceof RedisNoScriptException;
    }
}
