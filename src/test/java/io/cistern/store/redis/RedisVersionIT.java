package io.cistern.store.redis;

import static io.cistern.store.Entries.versioned;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.entry.EntryFormat;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Store;
import io.cistern.store.SyncStore;
import io.cistern.store.TestClock;
import io.cistern.store.VersionContract;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisVersionIT extends VersionContract {

    /** Where the script looks for the version of the origin. */
    private static final int ORIGIN_VERSION = 53;

    @RegisterExtension static final TestRedis REDIS = new TestRedis();

    private final String namespace = UUID.randomUUID().toString();

    @Override
    protected Store open(int marks) {
        var limits = RedisLimits.DEFAULT;
        return new RedisStore(
                REDIS.connection(),
                new TestClock(),
                "",
                namespace,
                new RedisLimits(
                        marks,
                        limits.recordBytes(),
                        limits.entriesPerFill(),
                        limits.entriesPerWarmPart(),
                        limits.bytesPerFill(),
                        limits.namesPerStep()));
    }

    private static Change older(String key, long version) {
        return new Change(
                Change.Mode.EVICT, Set.of(key), Map.of(key, version), Set.of(), Set.of(), false);
    }

    private String name(String kind, String key) {
        return "%s:{things:0}:%s:%s".formatted(namespace, kind, key);
    }

    @Test
    void theScriptLooksWhereTheRecordHasIt() {
        var record = EntryFormat.encode(versioned(77, new Position(1, 2), "t"));

        assertThat(ByteBuffer.wrap(record).getLong(ORIGIN_VERSION)).isEqualTo(77);
    }

    @Test
    void whatStaysExpiresAsBefore() {
        var things = new SyncStore(open(100), "things");
        things.fill("a", versioned(7, things.position()));

        things.invalidate(older("a", 6));

        assertThat(things.live("a")).isPresent();
        assertThat(REDIS.connection().redis().pttl(name("e", "a")))
                .isBetween(3_000_000L, 3_600_001L);
    }

    @Test
    void leasesEnd() {
        var things = new SyncStore(open(100), "things");
        things.fill("a", versioned(7, things.position()));
        things.lease("a", null, "somebody");

        things.invalidate(older("a", 6));

        assertThat(REDIS.connection().redis().exists(name("l", "a"))).isZero();
        assertThat(things.fill(Map.of("a", versioned(5, things.position())), "somebody").stored())
                .isEmpty();
    }

    @Test
    void whatIsNoEntryGoes() {
        var things = new SyncStore(open(100), "things");
        var redis = REDIS.connection().redis();
        redis.hset(name("e", "hash"), "field", "value");
        redis.set(name("e", "short"), "CI\u0001");
        redis.set(name("e", "text"), "x".repeat(500));

        for (var key : new String[] {"hash", "short", "text", "none"}) {
            things.invalidate(older(key, 6));
        }

        assertThat(redis.exists(name("e", "hash"), name("e", "short"), name("e", "text"))).isZero();
    }

    @Test
    void tagsThatAreTooManyToReadAreNotToldForSure() {
        var things = new SyncStore(open(100), "things");
        var tags =
                IntStream.range(0, 100).mapToObj(i -> "x".repeat(1000) + i).toArray(String[]::new);
        things.fill("a", versioned(7, things.position(), tags));
        things.invalidate(older("a", 6));
        assertThat(things.live("a")).isPresent();
        things.invalidate(Change.tag("other"));

        things.invalidate(older("a", 6));

        assertThat(things.live("a")).isEmpty();
    }

    @Test
    void afterManyInvalidatedTagsNothingIsToldForSure() {
        var things = new SyncStore(open(1_000), "things");
        things.fill("a", versioned(7, things.position(), "t"));
        for (var i = 0; i < 101; i++) {
            things.invalidate(Change.tag("other" + i));
        }

        things.invalidate(older("a", 6));

        assertThat(things.live("a")).isEmpty();
    }

    @Test
    void aLostOrderSparesNothing() {
        var things = new SyncStore(open(100), "things");
        things.fill("a", versioned(7, things.position()));
        REDIS.connection().redis().del("%s:{things:0}:m".formatted(namespace));

        things.invalidate(older("a", 6));

        assertThat(things.live("a")).isEmpty();
    }
}
