package io.cistern.store;

import static io.cistern.store.Entries.entry;
import static io.cistern.store.Entries.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.Etags;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import io.cistern.cache.spi.Store;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does with what was read ahead of any demand. */
public abstract class WarmContract {

    private static final long NOW = new TestClock().millis();

    protected SyncStore cache;
    private Store store;
    private Position before;

    /** A store with nothing in it. */
    protected abstract Store open();

    @BeforeEach
    void openStore() {
        store = open();
        cache = new SyncStore(store, "things");
        before = cache.position();
    }

    private Set<String> warm(Map<String, Entry> entries, long since) {
        var stored = SyncStore.await(store.warm(new Partition("things", 0), entries, since));
        assertThat(stored).doesNotHaveDuplicates();
        return Set.copyOf(stored);
    }

    private Set<String> warm(String key, String value) {
        return warm(Map.of(key, entry(value, before)), NOW);
    }

    private String there(String key) {
        return cache.live(key).map(Entries::text).orElse(null);
    }

    @Test
    void storesManyAtOnce() {
        Map<String, Entry> many =
                IntStream.range(0, 600)
                        .boxed()
                        .collect(
                                Collectors.toMap(
                                        i -> "k\u00e4-" + i,
                                        i -> entry("v" + i, before),
                                        (a, b) -> a,
                                        LinkedHashMap::new));

        assertThat(warm(many, NOW)).isEqualTo(many.keySet());
        assertThat(there("k\u00e4-0")).isEqualTo("v0");
        assertThat(there("k\u00e4-599")).isEqualTo("v599");
    }

    @Test
    void whatHasNoEntityTagHasThatOfItsBytes() {
        var entry = entry("v", before);
        var untagged =
                new Entry(
                        entry.value(),
                        entry.contentType(),
                        entry.created(),
                        entry.freshUntil(),
                        entry.staleUntil(),
                        entry.position(),
                        entry.tags(),
                        "",
                        entry.fingerprint(),
                        entry.originVersion(),
                        false);
        warm(Map.of("a", untagged), NOW);

        assertThat(cache.live("a").map(Entry::etag)).contains(Etags.of(entry.value()));
    }

    @Test
    void anInvalidationSinceTheReadingWins() {
        cache.invalidate(Change.key("a"));

        assertThat(warm(Map.of("a", entry("old", before), "b", entry("b", before)), NOW))
                .containsExactly("b");
        assertThat(there("a")).isNull();
        assertThat(there("b")).isEqualTo("b");
    }

    @Test
    void oneOfTheWholeCacheWinsOverAll() {
        cache.invalidate(Change.everything());

        assertThat(warm("a", "old")).isEmpty();
        assertThat(there("a")).isNull();
    }

    @Test
    void onesOfTagsAndPatternsLeaveItDead() {
        cache.invalidate(Change.tag("t"));
        cache.invalidate(Change.pattern("a*"));

        warm(Map.of("a1", entry("old", before), "b1", entry("old", before, "t")), NOW);

        assertThat(there("a1")).isNull();
        assertThat(there("b1")).isNull();
    }

    @Test
    void whatWasMadeSinceTheReadingBeganStays() {
        cache.fill("a", entry("loaded meanwhile", before));

        assertThat(warm("a", "read before")).isEmpty();
        assertThat(there("a")).isEqualTo("loaded meanwhile");
    }

    @Test
    void whatWasMadeBeforeIsReplaced() {
        cache.fill("a", entry("older", before));

        assertThat(warm(Map.of("a", entry("newer", before)), NOW + 1)).containsExactly("a");
        assertThat(there("a")).isEqualTo("newer");
    }

    @Test
    void whatIsOfALaterPositionStaysHoweverOldItLooks() {
        cache.invalidate(Change.key("other"));
        cache.fill("a", entry("later", cache.position()));

        assertThat(warm(Map.of("a", entry("earlier", before)), NOW + 1_000)).isEmpty();
        assertThat(there("a")).isEqualTo("later");
    }

    @Test
    void whatIsOfAnEarlierPositionIsReplaced() {
        cache.fill("a", entry("earlier", before));
        cache.invalidate(Change.key("other"));
        before = cache.position();

        assertThat(warm("a", "later")).containsExactly("a");
        assertThat(text(cache.live("a").orElseThrow())).isEqualTo("later");
    }

    @Test
    void whatIsPutStays() {
        cache.put("a", entry("put", Position.UNKNOWN));

        assertThat(warm("a", "old")).isEmpty();
        assertThat(there("a")).isEqualTo("put");
    }

    @Test
    void whatAnotherReadingStoredSinceStays() {
        warm(Map.of("a", entry("read later", before), "b", entry("read later", before)), NOW);

        assertThat(warm(Map.of("a", entry("read earlier", before)), NOW - 5)).isEmpty();
        assertThat(there("a")).isEqualTo("read later");
        // And again, now that this one was the last to come.
        assertThat(warm(Map.of("b", entry("read earlier", before)), NOW - 5)).isEmpty();
        assertThat(there("b")).isEqualTo("read later");
    }

    @Test
    void whatAnEarlierReadingStoredIsReplaced() {
        warm("a", "read earlier");

        assertThat(warm(Map.of("a", entry("read later", before)), NOW + 5)).containsExactly("a");
        assertThat(there("a")).isEqualTo("read later");
    }

    @Test
    void loadsBetweenTwoPartsOfAReadingStay() {
        warm("a", "read");
        cache.fill("b", entry("loaded meanwhile", before));

        assertThat(warm(Map.of("b", entry("read", before), "c", entry("read", before)), NOW))
                .containsExactly("c");
        assertThat(there("b")).isEqualTo("loaded meanwhile");
    }
}
