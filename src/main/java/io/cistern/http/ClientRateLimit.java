package io.cistern.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.Arrays;

/** So many requests a second for each client address. Remembers a bounded number of addresses. */
final class ClientRateLimit {
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final int MAX_CLIENTS = 20_000;
    private static final int IPV6_NETWORK_BYTES = 8;

    private final RateLimiterConfig config;
    private final Cache<String, RateLimiter> limiters =
            Caffeine.newBuilder()
                    .maximumSize(MAX_CLIENTS)
                    .expireAfterAccess(Duration.ofMinutes(1))
                    .build();

    /** A limit of this many requests a second, at least one. */
    ClientRateLimit(int perSecond) {
        config =
                RateLimiterConfig.custom()
                        .limitForPeriod(perSecond)
                        .limitRefreshPeriod(PERIOD)
                        .timeoutDuration(Duration.ZERO)
                        .build();
    }

    /** Takes one request of a client; false when it has had its share. Never waits. */
    boolean admits(String address) {
        var limiter = limiters.get(client(address), name -> RateLimiter.of(name, config));
        return limiter.reservePermission() == 0;
    }

    /** One client has a whole /64 of IPv6 addresses at hand. */
    private static String client(String address) {
        if (address == null || address.indexOf(':') < 0) {
            return String.valueOf(address);
        }
        var bytes = NetUtil.createByteArrayFromIpAddressString(address);
        return bytes == null || bytes.length < IPV6_NETWORK_BYTES
                ? address
                : Arrays.toString(Arrays.copyOf(bytes, IPV6_NETWORK_BYTES));
    }

    static Problem refusal() {
        return Problem.of(429, "Too many requests", "This client is past its rate")
                .retryAfter(PERIOD);
    }
}
