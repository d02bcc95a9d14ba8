package io.cistern.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.Etags;
import io.cistern.cache.order.Position;
import java.util.List;

/** Entries for tests. */
public final class Entries {

    private static final long HOUR = 3_600_000;
    private static final long NOW = new TestClock().millis();

    private Entries() {}

    public static Entry entry(String value, Position loadBegan, String... tags) {
        return entry(value.getBytes(UTF_8), loadBegan, NOW + HOUR, tags);
    }

    public static Entry until(long staleUntil, String value, Position loadBegan) {
        return entry(value.getBytes(UTF_8), loadBegan, staleUntil);
    }

    public static Entry ofBytes(byte[] value, Position loadBegan) {
        return entry(value, loadBegan, NOW + HOUR);
    }

    /** One that carries a version of the origin. */
    public static Entry versioned(long version, Position loadBegan, String... tags) {
        var entry = entry("v" + version, loadBegan, tags);
        return new Entry(
                entry.value(),
                entry.contentType(),
                entry.created(),
                entry.freshUntil(),
                entry.staleUntil(),
                entry.position(),
                entry.tags(),
                entry.etag(),
                entry.fingerprint(),
                version,
                false);
    }

    public static String text(Entry entry) {
        return new String(entry.value(), UTF_8);
    }

    private static Entry entry(byte[] value, Position at, long staleUntil, String... tags) {
        return new Entry(
                value,
                "text/plain",
                NOW,
                staleUntil - HOUR / 2,
                staleUntil,
                at,
                List.of(tags),
                Etags.of(value),
                "",
                Entry.NO_VERSION,
                false);
    }
}
