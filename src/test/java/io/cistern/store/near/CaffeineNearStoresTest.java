package io.cistern.store.near;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.NearStore;
import io.cistern.cache.spi.NearStore.Item;
import io.cistern.cache.spi.Store.Usage;
import io.cistern.store.Entries;
import io.cistern.store.EvictionListener;
import io.cistern.store.Held;
import io.cistern.store.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CaffeineNearStoresTest {

    private static final long BUDGET = 1 << 20;

    private final TestClock clock = new TestClock();
    private final List<String> evicted = new ArrayList<>();
    private final CaffeineNearStores stores = stores(BUDGET);

    private CaffeineNearStores stores(long bytes) {
        EvictionListener listener = (cache, cause) -> evicted.add(cache + " " + cause);
        return new CaffeineNearStores(bytes, clock, listener);
    }

    private Item item(int bytes) {
        return item(bytes, Duration.ofHours(1));
    }

    private Item item(int bytes, Duration stale) {
        Entry entry = Entries.ofBytes(new byte[bytes], Position.UNKNOWN);
        return new Item(entry, clock.nanos(), clock.nanos() + stale.toNanos(), 0);
    }

    private void fill(NearStore store, int count, int bytes) {
        for (var i = 0; i < count; i++) {
            store.put("k" + i, item(bytes));
        }
    }

    @Test
    void whatIsPutIsThere() {
        var store = stores.open("c", 100);
        var item = item(10);

        store.put("a", item);

        assertThat(store.get("a")).isSameAs(item);
        assertThat(store.get("b")).isNull();
    }

    @Test
    void usageIsExact() {
        var store = stores.open("c", 100);
        var first = item(10);
        var second = item(1000);
        var one = Held.bytes("a", first.entry());
        var other = Held.bytes("b", second.entry());

        store.put("a", first);
        store.put("a", first);
        assertThat(store.usage()).isEqualTo(new Usage(1, one));
        store.put("b", first);
        store.put("b", second);
        assertThat(store.usage()).isEqualTo(new Usage(2, one + other));
        store.remove("a", second);
        assertThat(store.usage()).isEqualTo(new Usage(2, one + other));
        store.remove("a", first);
        assertThat(store.usage()).isEqualTo(new Usage(1, other));
        store.remove("b");
        store.remove("b");
        assertThat(store.usage()).isEqualTo(Usage.NONE);
        fill(store, 50, 5);
        assertThat(store.prune((key, item) -> key.endsWith("7"))).isEqualTo(5);
        assertThat(store.usage().entries()).isEqualTo(45);
        store.clear();
        assertThat(store.usage()).isEqualTo(Usage.NONE);
        assertThat(evicted).isEmpty();
    }

    @Test
    void usageStaysExactWhateverHappens() {
        var store = stores.open("c", 50);
        var random = new Random(3);
        for (var i = 0; i < 20_000; i++) {
            var key = "k" + random.nextInt(100);
            switch (random.nextInt(6)) {
                case 0 -> store.remove(key);
                case 1 -> clock.advance(Duration.ofSeconds(10L * random.nextInt(2)));
                case 2 -> {
                    var there = store.get(key);
                    if (there != null) {
                        store.put(key, there);
                    }
                }
                default ->
                        store.put(
                                key,
                                item(
                                        random.nextInt(30_000),
                                        Duration.ofSeconds(10L * random.nextInt(9))));
            }
        }
        stores.open("d", 20).close();
        // What has expired goes within about a second.
        clock.advance(Duration.ofSeconds(5));

        var usage = store.usage();
        var count = new long[2];
        store.prune(
                (key, item) -> {
                    count[0]++;
                    count[1] += Held.bytes(key, item.entry());
                    return false;
                });
        assertThat(usage).isEqualTo(new Usage(count[0], count[1]));
        assertThat(usage.entries()).isPositive();
        store.clear();
        assertThat(store.usage()).isEqualTo(Usage.NONE);
    }

    @Test
    void entriesAreBoundedByNumber() {
        var store = stores.open("c", 100);

        fill(store, 1000, 10);

        assertThat(store.usage().entries()).isEqualTo(100);
        assertThat(evicted).hasSize(900).containsOnly("c SIZE");
    }

    @Test
    void entriesAreBoundedByBytes() {
        var store = stores.open("c", 1000);

        fill(store, 1000, 10_000);

        assertThat(store.usage().bytes()).isBetween(BUDGET / 2, BUDGET);
        assertThat(evicted).hasSize((int) (1000 - store.usage().entries()));
    }

    @Test
    void allTogetherStayWithinTheBudgetInProportion() {
        var large = stores.open("large", 3000);
        fill(large, 3000, 3000);
        assertThat(large.usage().bytes()).isGreaterThan(BUDGET * 9 / 10);

        var small = stores.open("small", 1000);
        fill(small, 3000, 3000);

        assertThat(large.usage().bytes()).isBetween(BUDGET * 3 / 5, BUDGET * 3 / 4);
        assertThat(small.usage().bytes()).isBetween(BUDGET / 5, BUDGET / 4);
    }

    @Test
    void theNumberHoldsWhenOthersCloseAndItsShareGrows() {
        var store = stores.open("c", 100);
        var other = stores.open("d", 900);
        fill(store, 1000, 10);
        assertThat(store.usage().entries()).isEqualTo(100);

        other.close();
        fill(store, 3000, 10);

        assertThat(store.usage().entries()).isEqualTo(100);
    }

    @Test
    void aShareGrowsWhenOthersClose() {
        var store = stores.open("c", 100);
        var other = stores.open("d", 900);
        fill(store, 1000, 3000);
        assertThat(store.usage().bytes()).isLessThanOrEqualTo(BUDGET / 10);

        other.close();
        other.close();
        fill(store, 1000, 3000);

        assertThat(store.usage().entries()).isEqualTo(100);
    }

    @Test
    void fewHugeEntriesAreBoundedByNumberToo() {
        var wide = stores(Long.MAX_VALUE / 2).open("c", 2);

        fill(wide, 10, 10);

        assertThat(wide.usage().entries()).isEqualTo(2);
    }

    @Test
    void moreEntriesThanBytesIsNoMistake() {
        var store = stores.open("c", Long.MAX_VALUE);
        var other = stores.open("d", Long.MAX_VALUE);

        fill(store, 100, 10);
        fill(other, 100, 10);

        assertThat(store.usage().entries()).isEqualTo(100);
        assertThat(other.usage().entries()).isEqualTo(100);
    }

    @Test
    void itemsGoWhenTheyAreOfNoUse() {
        var store = stores.open("c", 100);
        store.put("a", item(10, Duration.ofSeconds(10)));
        store.put("dead", item(10, Duration.ZERO));

        assertThat(store.get("dead")).isNull();
        clock.advance(Duration.ofMillis(9_999));
        assertThat(store.get("a")).isNotNull();
        clock.advance(Duration.ofMillis(1));
        assertThat(store.get("a")).isNull();

        clock.advance(Duration.ofSeconds(5));
        assertThat(store.usage()).isEqualTo(Usage.NONE);
        assertThat(evicted).containsExactly("c EXPIRED", "c EXPIRED");
    }

    @Test
    void aClosedStoreHoldsNothing() {
        var store = stores.open("c", 100);
        fill(store, 10, 10);

        store.close();
        store.put("late", item(10));

        assertThat(store.get("k0")).isNull();
        assertThat(store.get("late")).isNull();
        assertThat(store.usage()).isEqualTo(Usage.NONE);
        assertThat(evicted).isEmpty();
    }

    @Test
    void noEntriesIsNoStore() {
        assertThat(stores.open("c", 0)).isSameAs(NearStore.NONE);
        assertThatThrownBy(() -> stores(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
