package io.cistern.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.order.Change;
import io.cistern.settings.StoreSettings.Fsync;
import io.cistern.store.Entries;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import io.cistern.store.memory.MemoryStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that stores and invalidates is killed at a random moment, again and again. More of it:
 * {@code -Dpersistence.kills=100}.
 */
class KillIT {

    private static final int KILLS = Integer.getInteger("persistence.kills", 5);
    private static final int KEYS = 200;
    private static final int MOST_LINES = 20_000;

    @TempDir private Path folder;

    /** By key: the lowest number that may still be there, and the highest that has to be. */
    private final Map<String, Integer> least = new HashMap<>();

    private final Map<String, Integer> stored = new HashMap<>();

    @Test
    void noKillLosesWhatWasAcknowledged() throws Exception {
        var random = new Random();
        var lines = 0;
        var found = 0;
        for (var i = 0; i < KILLS; i++) {
            lines += killAfter(random.nextInt(MOST_LINES / 4), i * MOST_LINES);
            found += check();
        }
        assertThat(lines).isPositive();
        assertThat(found).isPositive();
    }

    /** Reads what the process acknowledged until it is killed, and after that to the end. */
    private int killAfter(int lines, int firstNumber) throws IOException, InterruptedException {
        var process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx64m",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Child.class.getName(),
                                folder.resolve("memory").toString(),
                                Integer.toString(firstNumber))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        var read = 0;
        try (var out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = out.readLine(); line != null; line = out.readLine()) {
                if (read++ == lines) {
                    // The process itself would close what it said, too.
                    process.toHandle().destroyForcibly();
                }
                take(line.split(" "));
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return read;
    }

    /** A line that was cut by the kill says nothing. */
    private void take(String[] words) {
        if (words.length == 4 && words[3].equals(".")) {
            var number = Integer.parseInt(words[2]);
            if (words[0].equals("stored")) {
                stored.put(words[1], number);
            } else if (words[0].equals("began")) {
                // It may have taken effect without being acknowledged.
                stored.remove(words[1]);
            } else if (words[0].equals("invalidated")) {
                least.merge(words[1], number, Math::max);
            }
        }
    }

    private int check() {
        var clock = new TestClock();
        var journal = Child.open(folder.resolve("memory"), clock);
        var store = Child.open(journal, clock);
        try {
            var cache = new SyncStore(store, "things");
            assertThat(journal.trouble()).isEmpty();
            for (var i = 0; i < KEYS; i++) {
                var key = "k" + i;
                var number = cache.live(key).map(it -> Integer.parseInt(Entries.text(it)));
                assertThat(number.orElse(Integer.MAX_VALUE))
                        .as("what %s holds", key)
                        .isGreaterThan(least.getOrDefault(key, -1));
                assertThat(number.orElse(-1))
                        .as("what %s holds", key)
                        .isGreaterThanOrEqualTo(stored.getOrDefault(key, -1));
            }
            return stored.size();
        } finally {
            store.close();
        }
    }

    /** Stores under keys, and invalidates them, and says what was acknowledged. */
    static final class Child {

        private Child() {}

        static DiskJournal open(Path folder, TestClock clock) {
            return DiskJournal.open(
                    folder,
                    Fsync.ALWAYS,
                    new Limits(16 << 20, 1 << 20, 1 << 16, 1 << 12, 1 << 10, 100),
                    clock,
                    seen -> {},
                    CompletableFuture.completedFuture(null));
        }

        static MemoryStore open(DiskJournal journal, TestClock clock) {
            return new MemoryStore(16 << 20, clock, (name, cause) -> {}, 100, journal);
        }

        public static void main(String[] arguments) {
            var clock = new TestClock();
            var journal = open(Path.of(arguments[0]), clock);
            var cache = new SyncStore(open(journal, clock), "things");
            var first = Integer.parseInt(arguments[1]);
            var random = new Random();
            for (var number = first; number < first + MOST_LINES; number++) {
                var key = "k" + random.nextInt(KEYS);
                if (random.nextInt(4) > 0) {
                    cache.fill(key, Entries.entry(Integer.toString(number), cache.position()));
                    say("stored", key, number);
                } else {
                    say("began", key, number);
                    cache.invalidate(Change.key(key));
                    say("invalidated", key, number);
                }
            }
        }

        private static void say(String what, String key, int number) {
            System.out.println(what + " " + key + " " + number + " .");
        }
    }
}
