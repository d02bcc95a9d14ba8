package io.cistern.component;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs why origins fail: the first failure of a cache at once, then at most one in ten seconds. */
final class OriginErrors {

    private static final Logger LOG = LoggerFactory.getLogger(OriginErrors.class);
    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(10);
    private static final Map<String, AtomicLong> LAST = new ConcurrentHashMap<>();

    private static final Pattern LINE_BREAKS = Pattern.compile("\\s*[\\r\\n]+\\s*");

    private OriginErrors() {}

    static void log(String cache, Throwable failure) {
        var now = System.nanoTime();
        var last = LAST.computeIfAbsent(cache, any -> new AtomicLong(now - INTERVAL));
        var before = last.get();
        if (now - before >= INTERVAL && last.compareAndSet(before, now)) {
            LOG.warn("The origin of cache {} failed: {}", cache, oneLine(failure));
            LOG.debug("The origin of cache {} failed", cache, failure);
        }
    }

    private static String oneLine(Throwable failure) {
        return LINE_BREAKS.matcher(failure.toString()).replaceAll(" ");
    }
}
