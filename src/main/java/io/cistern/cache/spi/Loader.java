package io.cistern.cache.spi;

import io.cistern.cache.entry.Environment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Calls an origin. */
@FunctionalInterface
public interface Loader {

    /**
     * Begins one call.
     *
     * @param request what to load
     * @return the call under way; begun even if it is bound to fail
     */
    Call load(Request request);

    /**
     * What to load.
     *
     * @param keys one key, or as many as the cache's batch size allows
     * @param headers what the cache lets through of the client's request
     * @param etag the origin's own entity tag of the value that is known of the one key: while that
     *     still holds, the answer may be {@link Value#notModified}; null where nothing is known
     * @param environment for which the values are to be made
     */
    record Request(
            List<String> keys, Map<String, String> headers, String etag, Environment environment) {

        /** To be answered with values. */
        public Request(List<String> keys, Map<String, String> headers) {
            this(keys, headers, null, Environment.NONE);
        }
    }

    /** A call of an origin under way. */
    interface Call {

        /**
         * The values by key; a key that is not there has no value at the origin. Fails with {@link
         * RefusedException} where the origin was not asked, with {@link ClosedException} where it
         * was taken away meanwhile, and with anything else where it failed.
         */
        CompletionStage<Map<String, Value>> values();

        /**
         * The hard time-out passed: count a failure now, and end the call if that can be done. Its
         * result is of no use any more. Called once at most; never throws.
         */
        void expire();
    }

    /**
     * A value from an origin.
     *
     * @param value its bytes
     * @param contentType its media type
     * @param negative whether the origin has no such value; bytes and media type say nothing then
     * @param ttl how long it is fresh, or how long it is known that there is none, where the origin
     *     said so; else null
     * @param maxStale how long after that it may be served stale, where the origin said so; else
     *     null. Says nothing of a value that is not there
     * @param tags by which it can be invalidated
     * @param etag the origin's own entity tag, or null
     * @param originVersion the origin's own version, or {@link
     *     io.cistern.cache.entry.Entry#NO_VERSION}
     * @param notModified whether the value is the one whose entity tag was asked with; bytes, media
     *     type, tags and entity tag say nothing then
     */
    record Value(
            byte[] value,
            String contentType,
            boolean negative,
            Duration ttl,
            Duration maxStale,
            List<String> tags,
            String etag,
            long originVersion,
            boolean notModified) {

        /** A value, or that there is none; stale for as long as the policy says. */
        public Value(
                byte[] value,
                String contentType,
                boolean negative,
                Duration ttl,
                List<String> tags,
                String etag,
                long originVersion) {
            this(value, contentType, negative, ttl, null, tags, etag, originVersion, false);
        }

        /**
         * What was asked with its entity tag still holds.
         *
         * @param ttl how long it is fresh from now on, where the origin said so; else null
         * @param maxStale as of a value
         * @param originVersion as of a value
         */
        public static Value notModified(Duration ttl, Duration maxStale, long originVersion) {
            return new Value(
                    null, null, false, ttl, maxStale, List.of(), null, originVersion, true);
        }
    }

    /** The origin was not asked: its breaker is open, or there is no thread for it. */
    final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Duration retryAfter;

        /**
         * @param message why
         * @param retryAfter when it may be worth trying again
         */
        public RefusedException(String message, Duration retryAfter) {
            super(message, null, false, false);
            this.retryAfter = retryAfter;
        }

        public Duration retryAfter() {
            return retryAfter;
        }
    }

    /** The origin was taken away, before the call or under it: another one may be there. */
    final class ClosedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public ClosedException(String message, Throwable cause) {
            super(message, cause, false, false);
        }
    }
}
