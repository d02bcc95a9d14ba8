package io.cistern.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.order.Glob;
import io.cistern.testing.RedisServers;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Globs against those of Redis itself. */
class GlobIT {

    private static final String IN_PATTERNS = "aabbc-]^[**??\\";
    private static final String IN_KEYS = "aabbcc-]^[*?\\";

    @Test
    void matchesWhatRedisMatches() throws Exception {
        var random = new Random(11);
        try (var server = RedisServers.start();
                var link = new TestConnection(server.port(), Duration.ofSeconds(10))) {
            var keys = new HashSet<String>();
            for (var i = 0; i < 600; i++) {
                // What Redis makes of an empty key depends on the command; an "x" goes before all.
                keys.add("x" + text(random, IN_KEYS, 6));
            }
            keys.addAll(Set.of("xżółć", "x日本", "xa😀"));
            keys.forEach(key -> link.redis().set(key, ""));
            for (var i = 0; i < 3000; i++) {
                var pattern = "x" + text(random, IN_PATTERNS, 8);
                var glob = Glob.of(pattern);
                var expected = keys.stream().filter(glob::matches).collect(Collectors.toSet());

                // A character of several bytes is several to Redis, and one to us.
                expected.removeIf(key -> key.chars().anyMatch(c -> c > 127));
                var found = new HashSet<>(link.redis().keys(pattern));
                found.removeIf(key -> key.chars().anyMatch(c -> c > 127));

                assertThat(expected).as("pattern %s", pattern).isEqualTo(found);
            }
            for (var pattern : new String[] {"xż*", "x*ć", "x日*", "x*😀", "x[a]😀", "*"}) {
                var glob = Glob.of(pattern);
                assertThat(keys.stream().filter(glob::matches).collect(Collectors.toSet()))
                        .as("pattern %s", pattern)
                        .isEqualTo(scan(link, pattern));
            }
        }
    }

    private static Set<String> scan(TestConnection link, String pattern) {
        var found = new HashSet<String>();
        var args = ScanArgs.Builder.matches(pattern).limit(100);
        KeyScanCursor<String> page = link.redis().scan(ScanCursor.INITIAL, args);
        found.addAll(page.getKeys());
        while (!page.isFinished()) {
            page = link.redis().scan(page, args);
            found.addAll(page.getKeys());
        }
        return found;
    }

    private static String text(Random random, String from, int most) {
        return random.ints(random.nextInt(most + 1), 0, from.length())
                .mapToObj(i -> String.valueOf(from.charAt(i)))
                .collect(Collectors.joining());
    }
}
