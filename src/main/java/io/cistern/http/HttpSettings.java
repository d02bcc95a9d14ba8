package io.cistern.http;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;

/**
 * What the HTTP server is started with; see {@link #builder}.
 *
 * @param host the address it listens on
 * @param port its port; 0 takes a free one
 * @param eventLoops how many threads serve it
 * @param maxBodySize bytes of one request body; more is answered 413
 * @param maxBodyMemory bytes of all request bodies at a time; more is answered 503
 * @param maxRequestLine bytes; more is answered 414
 * @param maxHeaderSize bytes of all headers of a request; more is answered 431
 * @param maxConnections open ones at a time; more are closed at once
 * @param idleTimeout a connection without a request, or whose client doesn't take its answer, is
 *     closed after it
 * @param bodyTimeout in which a request body must be there; later is answered 408
 * @param drainTimeout how long, since the server drains, a stopping context waits for answers on
 *     their way
 * @param accessControl who may change something
 * @param rateLimit requests a second for each client address; 0 for no limit
 * @param blocking endpoints whose routes block and get a worker thread; the others must not
 */
public record HttpSettings(
        String host,
        int port,
        int eventLoops,
        int maxBodySize,
        long maxBodyMemory,
        int maxRequestLine,
        int maxHeaderSize,
        int maxConnections,
        Duration idleTimeout,
        Duration bodyTimeout,
        Duration drainTimeout,
        AccessControl accessControl,
        int rateLimit,
        Predicate<PlatformHttpEndpoint> blocking) {

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if a number is out of its range
     */
    public HttpSettings {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(accessControl, "accessControl");
        Objects.requireNonNull(blocking, "blocking");
        check(port >= 0 && port <= 65535, "the port must be 0 to 65535");
        check(eventLoops > 0, "at least one event loop is needed");
        check(maxBodySize > 0 && maxBodyMemory >= maxBodySize, "bodies need memory");
        check(maxRequestLine > 0 && maxHeaderSize > 0, "requests need memory");
        check(maxConnections > 0, "at least one connection is needed");
        check(rateLimit >= 0, "the rate limit must not be negative");
        check(idleTimeout.toMillis() > 0 && bodyTimeout.toMillis() > 0, "time-outs must be > 0");
        check(!drainTimeout.isNegative(), "the drain time-out must not be negative");
    }

    private static void check(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException("HTTP settings: " + rule);
        }
    }

    /** Starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings; see the record for what each means. */
    public static final class Builder {
        private static final int MIB = 1 << 20;

        private String host = "0.0.0.0";
        private int port = 8080;
        private int eventLoops = Math.min(4, Runtime.getRuntime().availableProcessors());
        private int maxBodySize = 8 * MIB + 64 * 1024;
        private long maxBodyMemory = Math.max(64L * MIB, Runtime.getRuntime().maxMemory() / 8);
        private int maxRequestLine = 16 * 1024;
        private int maxHeaderSize = 32 * 1024;
        private int maxConnections = 10_000;
        private Duration idleTimeout = Duration.ofSeconds(60);
        private Duration bodyTimeout = Duration.ofSeconds(30);
        private Duration drainTimeout = Duration.ofSeconds(6);
        private AccessControl accessControl = AccessControl.of(List.of());
        private int rateLimit;
        private Predicate<PlatformHttpEndpoint> blocking = endpoint -> false;

        private Builder() {}

        public Builder host(String value) {
            host = value;
            return this;
        }

        public Builder port(int value) {
            port = value;
            return this;
        }

        public Builder eventLoops(int value) {
            eventLoops = value;
            return this;
        }

        public Builder maxBodySize(int bytes) {
            maxBodySize = bytes;
            maxBodyMemory = Math.max(maxBodyMemory, bytes);
            return this;
        }

        public Builder maxBodyMemory(long bytes) {
            maxBodyMemory = bytes;
            return this;
        }

        public Builder maxRequestLine(int bytes) {
            maxRequestLine = bytes;
            return this;
        }

        public Builder maxHeaderSize(int bytes) {
            maxHeaderSize = bytes;
            return this;
        }

        public Builder maxConnections(int value) {
            maxConnections = value;
            return this;
        }

        public Builder idleTimeout(Duration value) {
            idleTimeout = value;
            return this;
        }

        public Builder bodyTimeout(Duration value) {
            bodyTimeout = value;
            return this;
        }

        public Builder drainTimeout(Duration value) {
            drainTimeout = value;
            return this;
        }

        public Builder accessControl(AccessControl value) {
            accessControl = value;
            return this;
        }

        public Builder rateLimit(int perSecond) {
            rateLimit = perSecond;
            return this;
        }

        public Builder blocking(Predicate<PlatformHttpEndpoint> value) {
            blocking = value;
            return this;
        }

        /**
         * The settings.
         *
         * @throws IllegalArgumentException if a number is out of its range
         */
        public HttpSettings build() {
            return new HttpSettings(
                    host,
                    port,
                    eventLoops,
                    maxBodySize,
                    maxBodyMemory,
                    maxRequestLine,
                    maxHeaderSize,
                    maxConnections,
                    idleTimeout,
                    bodyTimeout,
                    drainTimeout,
                    accessControl,
                    rateLimit,
                    blocking);
        }
    }
}
