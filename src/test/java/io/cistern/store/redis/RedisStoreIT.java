package io.cistern.store.redis;

import static io.cistern.store.Entries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.EntryFormat;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Lease;
import io.cistern.cache.spi.Store;
import io.cistern.store.Entries;
import io.cistern.store.StoreContract;
import io.cistern.store.SyncStore;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisStoreIT extends StoreContract {

    @RegisterExtension static final TestRedis REDIS = new TestRedis();

    private final String namespace = "test-" + UUID.randomUUID();
    private int opened;

    @Override
    protected Store open(int marks) {
        return open(namespace + opened++, limits(marks, 64 << 20));
    }

    private RedisStore open(String name, RedisLimits limits) {
        return new RedisStore(REDIS.connection(), clock, "p:", name, limits);
    }

    private static RedisLimits limits(int marks, int recordBytes) {
        return new RedisLimits(marks, recordBytes, 100, 100, 1 << 20, 1000);
    }

    private RedisStore redis() {
        return (RedisStore) store;
    }

    private String name(String suffix) {
        return "p:" + namespace + "0:{things:0}:" + suffix;
    }

    @Test
    void everyNameLiesBelowThePrefixAndEveryEntryExpires() {
        var at = cache.position();
        cache.fill("filled", Entries.until(clock.millis() + 60_000, "v", at));
        cache.put("put", Entries.until(clock.millis() + 60_000, "v", at));

        var names = REDIS.connection().redis().keys("*" + namespace + "*");

        assertThat(names)
                .containsExactlyInAnyOrder(
                        name("m"), name("t"), name("k"), name("e:filled"), name("e:put"));
        assertThat(REDIS.connection().redis().pttl(name("e:filled"))).isBetween(1L, 60_001L);
        assertThat(REDIS.connection().redis().pttl(name("e:put"))).isBetween(1L, 60_001L);
        assertThat(List.of(name("m"), name("t"), name("k")))
                .allSatisfy(
                        name -> assertThat(REDIS.connection().redis().pttl(name)).isEqualTo(-1));
    }

    @Test
    void entriesThatNeverGetStaleExpireSomeDay() {
        var at = cache.position();

        cache.fill("a", Entries.until(Long.MAX_VALUE, "v", at));
        cache.put("b", Entries.until(Long.MAX_VALUE, "v", at));

        assertThat(REDIS.connection().redis().pttl(name("e:a"))).isPositive();
        assertThat(REDIS.connection().redis().pttl(name("e:b"))).isPositive();
        assertThat(cache.live("a")).isPresent();
    }

    @Test
    void aPartitionThatLostItsOrderIsUnknownUntilSomebodyAsksForChanges() {
        cache.position();
        REDIS.connection().redis().del(name("m"));
        assertThat(cache.read("a").position()).isEqualTo(Position.UNKNOWN);
        assertThat(cache.fill("a", entry("v", new Position(1, 0)))).isEmpty();

        var at = cache.position();

        assertThat(at.generation()).isNotZero();
        assertThat(cache.read("a").position()).isEqualTo(at);
    }

    @Test
    void scriptsAreLoadedAgainWhereRedisForgotThem() {
        var at = cache.position();
        REDIS.connection().redis().scriptFlush();

        assertThat(cache.fill("a", entry("v", at))).containsExactly("a");
        REDIS.connection().redis().scriptFlush();
        assertThat(cache.prune((key, entry) -> true)).isEqualTo(1);
        REDIS.connection().redis().scriptFlush();
        assertThat(cache.invalidate(Change.key("a")).version()).isEqualTo(at.version() + 1);
        REDIS.connection().redis().scriptFlush();
        assertThat(cache.put("a", entry("v", at)).version()).isEqualTo(at.version() + 2);
        REDIS.connection().redis().scriptFlush();
        assertThat(cache.position().version()).isEqualTo(at.version() + 2);
    }

    @Test
    void aLostOrderKillsEverythingOfBefore() {
        var before = cache.invalidate(Change.tag("x"));
        cache.fill("a", entry("v", before));
        REDIS.connection().redis().del(name("m"));

        assertThat(cache.read("a").position()).isEqualTo(Position.UNKNOWN);
        assertThat(cache.fill("b", entry("late", before))).isEmpty();
        var after = cache.position();

        assertThat(Position.numberOf(after.generation()))
                .isEqualTo(Position.numberOf(before.generation()) + 1);
        assertThat(after.version()).isEqualTo(before.version());
        assertThat(cache.live("a")).isEmpty();
        assertThat(cache.fill("a", entry("late", before))).isEmpty();
        assertThat(cache.fill("a", entry("new", after))).containsExactly("a");
        assertThat(cache.live("a")).hasValue(entry("new", after));
    }

    @Test
    void anOrderLostBeforeAnInvalidationIsBegunByIt() {
        var before = cache.invalidate(Change.tag("x"));
        cache.fill("a", entry("v", before));
        REDIS.connection().redis().del(name("m"), name("t"), name("k"));

        var after = cache.invalidate(Change.key("unrelated"));

        assertThat(after.generation()).isNotEqualTo(before.generation());
        assertThat(after.version()).isEqualTo(before.version() + 1);
        assertThat(cache.live("a")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void lostTagsKillEverythingOfBefore(boolean byInvalidation) {
        var start = cache.position();
        cache.fill(Map.of("a", entry("v", start, "x"), "b", entry("v", start)));
        cache.invalidate(Change.tag("x"));
        REDIS.connection().redis().del(name("t"));

        if (byInvalidation) {
            cache.invalidate(Change.tag("y"));
        }

        assertThat(cache.live("a")).isEmpty();
        assertThat(cache.live("b")).isEmpty();
        assertThat(cache.fill("c", entry("late", start, "x"))).isEmpty();
        var now = cache.position();
        assertThat(cache.fill("a", entry("new", now, "x"))).containsExactly("a");
        assertThat(cache.live("a")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fill", "changes", "invalidate"})
    void lostKeysKeepLoadsOfBeforeAway(String first) {
        var start = cache.position();
        cache.fill("b", entry("v", start));
        cache.invalidate(Change.key("a"));
        REDIS.connection().redis().del(name("k"));

        if (first.equals("changes")) {
            cache.position();
        } else if (first.equals("invalidate")) {
            cache.invalidate(Change.key("y"));
        }

        assertThat(cache.fill("a", entry("late", start))).isEmpty();
        assertThat(cache.live("b")).as("what is stored was not touched").isPresent();
        var now = cache.position();
        assertThat(cache.fill("a", entry("new", now))).containsExactly("a");
    }

    @Test
    void aFillAloneRepairsLostKeys() {
        var at = cache.position();
        REDIS.connection().redis().del(name("k"));

        assertThat(cache.fill("a", entry("v", at))).containsExactly("a");
        assertThat(cache.fill("b", entry("v", at))).containsExactly("b");
    }

    @Test
    void aRedisThatFellBehindBeginsANewHistory() {
        var old = cache.position();
        cache.fill("a", entry("v", old));
        cache.invalidate(Change.key("x"));
        var seen = cache.invalidate(Change.tag("y"));
        REDIS.connection().redis().hset(name("m"), "v", Long.toString(old.version()));

        var after = cache.changes(seen).position();

        assertThat(after.generation()).isNotEqualTo(seen.generation());
        assertThat(after.version()).isEqualTo(seen.version());
        assertThat(cache.live("a")).isEmpty();
    }

    @Test
    void aReadFindsOutThatRedisFellBehind() {
        var old = cache.position();
        var seen = cache.invalidate(Change.key("x"));
        REDIS.connection().redis().hset(name("m"), "v", Long.toString(old.version()));

        assertThat(cache.read("a").position()).isEqualTo(Position.UNKNOWN);
        assertThat(cache.position().generation()).isNotEqualTo(seen.generation());
    }

    @Test
    void anOrderThatIsNoneIsReplaced() {
        var before = cache.position();
        cache.fill("a", entry("v", before));
        REDIS.connection().redis().hset(name("m"), "v", "many");

        assertThat(cache.read("a").position()).isEqualTo(Position.UNKNOWN);
        assertThat(cache.position().generation()).isNotEqualTo(before.generation());
        assertThat(cache.live("a")).isEmpty();
    }

    /** By another program, or by hand. */
    static Stream<Arguments> strangers() {
        return Stream.concat(
                Stream.of("m", "t", "k")
                        .flatMap(
                                name ->
                                        Stream.of(
                                                stranger(
                                                        name + " as text",
                                                        (redis, of) -> redis.set(of + name, "x")),
                                                stranger(
                                                        name + " as a list",
                                                        (redis, of) -> {
                                                            redis.del(of + name);
                                                            redis.rpush(of + name, "x");
                                                        }))),
                Stream.of(
                                "g:xyz",
                                "g:0123456789abcdeg",
                                "g:0000010A2B3C4D5E",
                                "v:nan",
                                "v:inf",
                                "v:-5",
                                "v:1.5",
                                "v:9007199254740992",
                                "a:inf")
                        .map(it -> it.split(":"))
                        .map(
                                it ->
                                        stranger(
                                                it[0] + " is " + it[1],
                                                (redis, of) ->
                                                        redis.hset(of + "m", it[0], it[1]))));
    }

    private static Arguments stranger(
            String what, BiConsumer<RedisCommands<String, String>, String> act) {
        return Arguments.of(Named.of(what, act));
    }

    @ParameterizedTest
    @MethodSource("strangers")
    void whatIsNoOrderIsReplaced(BiConsumer<RedisCommands<String, String>, String> act) {
        var old = cache.position();
        cache.fill("a", entry("v", old, "t"));
        act.accept(REDIS.connection().redis(), name(""));

        cache.read("a");
        cache.invalidate(Change.key("x"));
        cache.invalidate(Change.tag("t"));

        assertThat(cache.live("a")).isEmpty();
        var now = cache.position();
        assertThat(cache.fill("a", entry("new", now))).containsExactly("a");
        assertThat(cache.live("a")).isPresent();
        assertThat(cache.lease("b", null, "one")).isEqualTo(Lease.Granted.INSTANCE);
    }

    @Test
    void intervalsThatAreNoneBeginAnew() {
        var old = cache.position();
        cache.fill("a", entry("v", old));
        REDIS.connection().redis().hset(name("m"), "st", "foo");

        cache.invalidate(Change.key("x"));

        assertThat(cache.live("a")).isEmpty();
        assertThat(cache.fill("a", entry("new", cache.position()))).containsExactly("a");
    }

    @Test
    void largeVersionsStayExact() {
        var at = cache.position();
        var large = (1L << 53) - 10;
        REDIS.connection().redis().hset(name("m"), "v", Long.toString(large));

        var after = cache.invalidate(new Change(Set.of("k"), Set.of("t"), Set.of(), false));

        assertThat(after).isEqualTo(new Position(at.generation(), large + 1));
        assertThat(cache.changes(after).position()).isEqualTo(after);
        assertThat(cache.changes(at).evicted().tags()).containsEntry("t", large + 1);
        assertThat(cache.changes(new Position(at.generation(), large)).evicted().keys())
                .containsEntry("k", large + 1);
        assertThat(cache.put("a", entry("v", at)))
                .isEqualTo(new Position(at.generation(), large + 2));
        assertThat(cache.read("a").entries().get("a").position().version()).isEqualTo(large + 2);
        assertThat(cache.fill("k", entry("late", new Position(at.generation(), large)))).isEmpty();
        assertThat(cache.fill("k", entry("v", after))).containsExactly("k");
    }

    @Test
    void whatIsNoEntryIsAMissAndMakesWay() {
        var at = cache.position();
        REDIS.connection().redis().set(name("e:text"), "hello");
        REDIS.connection().redis().set(name("e:empty"), "");
        REDIS.connection().redis().lpush(name("e:list"), "hello");
        REDIS.connection().redis().hset(name("e:hash"), "hello", "you");
        var keys = List.of("text", "empty", "list", "hash");

        assertThat(cache.readAll(keys).entries()).isEmpty();
        assertThat(keys).allSatisfy(key -> assertThat(cache.read(key).entries()).isEmpty());
        assertThat(redis().undecodable()).isGreaterThanOrEqualTo(2);
        for (var key : keys) {
            assertThat(cache.fill(key, entry("v", at))).containsExactly(key);
            assertThat(cache.live(key)).isPresent();
        }
    }

    @Test
    void pruningTakesWhatIsNoEntry() {
        var at = cache.position();
        cache.fill("kept", entry("v", at));
        REDIS.connection().redis().set(name("e:text"), "hello");
        REDIS.connection().redis().set(name("e:empty"), "");
        REDIS.connection().redis().lpush(name("e:list"), "hello");
        REDIS.connection().redis().set(name("f:text"), "no entry's name");

        assertThat(cache.prune((key, entry) -> false)).isEqualTo(3);
        assertThat(cache.read("kept").entries()).hasSize(1);
        assertThat(REDIS.connection().redis().get(name("f:text"))).isNotNull();
    }

    @Test
    void pruningSparesWhatWasStoredMeanwhile() {
        var at = cache.position();
        cache.fill(Map.of("a", entry("dead", at), "b", entry("dead", at)));
        try (var elsewhere = new TestConnection(REDIS.port(), Duration.ofSeconds(10))) {
            var removed =
                    cache.prune(
                            (key, entry) -> {
                                if (key.equals("a")) {
                                    elsewhere.redis().set(name("e:a"), "new");
                                }
                                return true;
                            });

            assertThat(removed).isEqualTo(1);
            assertThat(elsewhere.redis().get(name("e:a"))).isEqualTo("new");
        }
    }

    @Test
    void damagedRecordsAreMisses() {
        var record = EntryFormat.encode(entry("v", cache.position()));
        record[record.length - 1] ^= 1;
        REDIS.connection().commands().set(name("e:a").getBytes(StandardCharsets.UTF_8), record);

        assertThat(cache.read("a").entries()).isEmpty();
        assertThat(cache.read("a", "b").entries()).isEmpty();
        assertThat(redis().undecodable()).isEqualTo(2);
    }

    @Test
    void whatIsTooLargeIsNeitherStoredNorRead() {
        var small = open(namespace + "0", limits(100, 1000));
        var of = new SyncStore(small, "things");
        var at = of.position();
        var large = Entries.ofBytes(new byte[2000], at);
        cache.fill("a", large);

        assertThat(of.read("a").entries()).isEmpty();
        assertThat(of.read("a", "b").entries()).isEmpty();
        assertThat(small.undecodable()).isEqualTo(2);
        assertThat(of.fill("b", large)).isEmpty();
        of.put("b", large);
        assertThat(cache.read("b").entries()).isEmpty();
        assertThat(of.prune((key, entry) -> false)).isEqualTo(1);
    }

    @Test
    void manyEntriesAreFilledInSeveralCalls() {
        var at = cache.position();
        var entries = new HashMap<String, Entry>();
        IntStream.range(0, 1234)
                .forEach(i -> entries.put("k" + i, Entries.ofBytes(new byte[i * 10], at)));
        cache.invalidate(new Change(Set.of("k17", "k1100"), Set.of(), Set.of(), false));

        var stored = cache.fill(entries);

        entries.keySet().removeAll(Set.of("k17", "k1100"));
        assertThat(stored).isEqualTo(entries.keySet());
        assertThat(cache.readAll(List.copyOf(stored)).entries()).isEqualTo(entries);
    }

    @Test
    void aKeyThatIsNoUnicodeNeverGetsAnotherOnesValue() {
        var at = cache.position();
        cache.fill("?", entry("question mark", at));

        assertThat(cache.read("\ud800").entries()).isEmpty();
        assertThat(cache.read("\ud800", "x").entries()).isEmpty();
        assertThat(cache.fill("\ud800", entry("v", at))).isEmpty();
        assertThatThrownBy(() -> cache.put("\ud800", entry("v", at)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> cache.invalidate(Change.key("a\udc00")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
