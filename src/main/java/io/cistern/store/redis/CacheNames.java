package io.cistern.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cistern.redis.DataConnection;
import io.cistern.redis.RedisRoutes;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Finds the caches of which Redis keeps anything that can be served, whoever has them open. What
 * has no order there is not alive, so the names of orders tell them all.
 */
public final class CacheNames {

    private static final int NAMES_PER_PAGE = 1_000;

    private final RedisRoutes redis;
    private final byte[] glob;
    private final Pattern order;

    /**
     * @param redis the ways to Redis; not closed with this
     * @param prefix what every name in Redis begins with; may be empty
     * @param namespace behind it, before the first colon
     */
    public CacheNames(RedisRoutes redis, String prefix, String namespace) {
        var base = prefix + namespace + ":";
        this.redis = redis;
        // Settings take no prefix and no namespace with a wildcard in it.
        this.glob = (base + "{*:*}:m").getBytes(UTF_8);
        this.order = Pattern.compile(Pattern.quote(base) + "\\{([^{}]+):\\d+}:m");
    }

    /**
     * Walks through all names of all servers, which takes a second for some hundred thousand.
     *
     * @return what was there from the begin to the end is among them; fails with {@link
     *     io.cistern.cache.spi.StoreUnavailableException} where a server can't be asked now
     */
    public CompletionStage<Set<String>> find() {
        Set<String> found = ConcurrentHashMap.newKeySet();
        List<DataConnection> servers;
        try {
            servers = redis.all();
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(Guard.failed(e));
        }
        return Sequence.each(servers.iterator(), server -> walk(server, found))
                .thenApply(done -> found);
    }

    private CompletionStage<Void> walk(DataConnection server, Set<String> found) {
        return new Guard(server)
                .run(
                        glob,
                        same ->
                                Scan.pages(
                                        same.commands(),
                                        glob,
                                        NAMES_PER_PAGE,
                                        () -> true,
                                        page -> {
                                            page.forEach(name -> add(name, found));
                                            return CompletableFuture.completedStage(null);
                                        }));
    }

    private void add(byte[] name, Set<String> found) {
        var match = order.matcher(new String(name, UTF_8));
        if (match.matches()) {
            found.add(match.group(1));
        }
    }
}
