package io.cistern.cache.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.cistern.cache.order.Position;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryFormatTest {

    private static final Position POSITION = new Position(0x0123456789ABCDEFL, 42);

    private static Entry entry(List<String> tags, String contentType) {
        return new Entry(
                "värde".getBytes(StandardCharsets.UTF_8),
                contentType,
                1_800_000_000_000L,
                1_800_000_060_000L,
                1_800_000_120_000L,
                POSITION,
                tags,
                "etag",
                "print",
                7,
                false);
    }

    @Test
    void comesBackAsItWas() {
        var entry = entry(List.of("category:7", "", "☃ snö"), "text/plain; charset=utf-8");

        assertThat(EntryFormat.decode(EntryFormat.encode(entry))).contains(entry);
    }

    @Test
    void nothingComesBackAsNothing() {
        var none =
                new Entry(
                        new byte[0],
                        "",
                        1,
                        2,
                        2,
                        Position.UNKNOWN,
                        List.of(),
                        "",
                        "",
                        Entry.NO_VERSION,
                        true);

        assertThat(EntryFormat.decode(EntryFormat.encode(none))).contains(none);
    }

    @Test
    void thePositionCanBeWrittenInPlace() {
        var record = EntryFormat.encode(entry(List.of(), ""));
        var moved = new Position(9, 99);

        ByteBuffer.wrap(record, EntryFormat.POSITION_OFFSET, 16)
                .putLong(moved.generation())
                .putLong(moved.version());

        assertThat(EntryFormat.decode(record)).contains(entry(List.of(), "").at(moved));
    }

    @Test
    void anyDamageIsSeen() {
        var record = EntryFormat.encode(entry(List.of("tag"), "text/plain"));
        var outsideTheChecksum = EntryFormat.POSITION_OFFSET + 16;

        for (var i = 0; i < record.length; i++) {
            // The number of variants may grow, and the position is checked by itself.
            if (i >= 3 && i < outsideTheChecksum) {
                continue;
            }
            var damaged = record.clone();
            damaged[i] ^= 0x11;
            assertThat(EntryFormat.decode(damaged)).as("byte %d", i).isEmpty();
        }
        for (var length = 0; length < record.length; length++) {
            assertThat(EntryFormat.decode(Arrays.copyOf(record, length)))
                    .as("cut to %d bytes", length)
                    .isEmpty();
        }
        assertThat(
                        EntryFormat.decode(
                                "hello, I am no entry at all".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
    }

    @Test
    void anotherVersionIsNoneOfOurs() {
        var record = EntryFormat.encode(entry(List.of(), ""));
        record[2]++;

        assertThat(EntryFormat.decode(record)).isEmpty();
    }

    @Test
    void whatCannotBeEncodedIsKnownBefore() {
        var longest = "é".repeat(0xFFFF / 2);
        var fits = entry(List.of(longest), longest);
        assertThat(EntryFormat.canEncode(fits)).isTrue();
        assertThat(EntryFormat.decode(EntryFormat.encode(fits))).contains(fits);

        var many = entry(Collections.nCopies(0x10000, "t"), "");
        for (var tooLarge :
                List.of(entry(List.of(longest + "é"), ""), entry(List.of(), longest + "é"), many)) {
            assertThat(EntryFormat.canEncode(tooLarge)).isFalse();
            assertThatIllegalArgumentException().isThrownBy(() -> EntryFormat.encode(tooLarge));
        }
    }

    @Test
    void equalBytesHaveEqualEtags() {
        assertThat(Etags.of(new byte[] {1, 2})).isEqualTo(Etags.of(new byte[] {1, 2}));
        assertThat(Etags.of(new byte[] {1, 2})).isNotEqualTo(Etags.of(new byte[] {2, 1}));
        assertThat(Etags.of(new byte[0])).matches("[0-9a-f]{24}");
    }

    @Test
    void etagsOfOriginsAreBared() {
        assertThat(Etags.opaque("\"abc\"")).isEqualTo("abc");
        assertThat(Etags.opaque(" W/\"abc\" ")).isEqualTo("abc");
        assertThat(Etags.opaque("a b\"\r\nSet-Cookie: ☃")).isEqualTo("abSet-Cookie:");
    }

    @Test
    void whatAnEntryWeighsFollowsItsSize() {
        var small = entry(List.of(), "");
        assertThat(small.weight()).isGreaterThan(small.value().length);
        assertThat(entry(List.of("t".repeat(100)), "").weight() - small.weight())
                .isGreaterThan(199);
    }
}
