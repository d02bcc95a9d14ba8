package io.cistern.store.memory;

import static io.cistern.store.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Store;
import io.cistern.store.Entries;
import io.cistern.store.EvictionListener;
import io.cistern.store.Held;
import io.cistern.store.Schedule;
import io.cistern.store.StoreContract;
import io.cistern.store.SyncStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryStoreTest extends StoreContract {

    private final List<String> evicted = new ArrayList<>();

    @Override
    protected Store open(int marks) {
        return open(256L << 20, marks);
    }

    private MemoryStore open(long bytes, int marks) {
        EvictionListener listener = (name, cause) -> evicted.add(name + " " + cause);
        return new MemoryStore(bytes, clock, listener, marks);
    }

    @Test
    void usageIsExact() {
        var at = cache.position();
        var first = entry("first", at, "tag");
        var second = entry("the second", at);

        cache.fill(Map.of("a", first, "b", second));
        cache.fill("a", first);
        assertThat(store.usage("things"))
                .isEqualTo(new Store.Usage(2, Held.bytes("a", first) + Held.bytes("b", second)));
        cache.fill("b", first);
        assertThat(store.usage("things"))
                .isEqualTo(new Store.Usage(2, Held.bytes("a", first) + Held.bytes("b", first)));
        cache.invalidate(Change.key("a"));
        assertThat(store.usage("things")).isEqualTo(new Store.Usage(1, Held.bytes("b", first)));
        cache.prune((key, entry) -> true);
        assertThat(store.usage("things")).isEqualTo(Store.Usage.NONE);
        assertThat(store.usage("others")).isEqualTo(Store.Usage.NONE);
        assertThat(evicted).isEmpty();
    }

    @Test
    void deadEntriesGoAndAreTold() {
        var until = clock.millis() + 5_000;
        cache.fill("a", Entries.until(until, "v", cache.position()));

        clock.advance(Duration.ofSeconds(5));
        assertThat(cache.read("a").entries()).isNotEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThat(cache.read("a").entries()).isEmpty();

        clock.advance(Duration.ofSeconds(5));
        assertThat(store.usage("things")).isEqualTo(Store.Usage.NONE);
        assertThat(evicted).containsExactly("things EXPIRED");
    }

    @Test
    void allCachesTogetherStayWithinTheirBytes() {
        var bound = 1L << 20;
        var small = open(bound, 100);
        for (var name : List.of("one", "two")) {
            var of = new SyncStore(small, name);
            var at = of.position();
            var entries = new HashMap<String, Entry>();
            IntStream.range(0, 500)
                    .forEach(
                            i -> entries.put("k" + (100 + i), Entries.ofBytes(new byte[4096], at)));
            of.fill(entries);
        }

        var one = small.usage("one");
        var two = small.usage("two");

        assertThat(one.bytes() + two.bytes()).isBetween(bound / 2, bound);
        assertThat(evicted).hasSize((int) (1000 - one.entries() - two.entries()));
        assertThat(evicted).allMatch(it -> it.endsWith(" SIZE"));
        assertThat(one.bytes()).isEqualTo(one.entries() * sizeOfOne());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noScheduleRevivesAnything(long seed) {
        var large = new SyncStore(open(Marks.LIMIT), "c");
        var small = new SyncStore(open(2), "c");

        new Schedule(seed, large).run(1000, true, null);
        new Schedule(seed, small).run(1000, false, null);
    }

    private static long sizeOfOne() {
        var entry = Entries.ofBytes(new byte[4096], Position.UNKNOWN);
        return Held.bytes("k100", entry);
    }
}
