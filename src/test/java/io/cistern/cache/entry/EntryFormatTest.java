package io.cistern.cache.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.order.Position;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryFormatTest {

    private static final Position AT = new Position(0xFEDC_BA98_7654_3210L, (1L << 53) - 1);

    private static Entry sample() {
        return new Entry(
                "{\"name\":\"żółć\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                "application/json",
                1_800_000_000_000L,
                1_800_000_060_000L,
                1_800_003_600_000L,
                AT,
                List.of("category:7", "żółć-😀", ""),
                "abc123",
                "f1",
                -42,
                false);
    }

    private static Entry random(Random random) {
        var value = new byte[random.nextInt(300)];
        random.nextBytes(value);
        var tags = IntStream.range(0, random.nextInt(5)).mapToObj(i -> text(random)).toList();
        return new Entry(
                value,
                text(random),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                new Position(random.nextLong(), random.nextLong()),
                tags,
                text(random),
                text(random),
                random.nextLong(),
                random.nextBoolean());
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(12), 0, 0x10FFFF)
                .filter(c -> c < 0xD800 || c > 0xDFFF)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void whatIsWrittenIsRead() {
        assertThat(EntryFormat.decode(EntryFormat.encode(sample()))).hasValue(sample());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whateverIsWrittenIsRead(long seed) {
        var random = new Random(seed);
        for (var i = 0; i < 1000; i++) {
            var entry = random(random);

            assertThat(EntryFormat.decode(EntryFormat.encode(entry))).hasValue(entry.tagged());
        }
    }

    /** One that was made somewhere, beside two that were made elsewhere. */
    private static Entry varied(Entry first, Entry... others) {
        return in("cores", first)
                .with(Arrays.stream(others).map(other -> in("memory", other)).toList());
    }

    private static Entry in(String name, Entry entry) {
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
                entry.originVersion(),
                entry.negative(),
                Environment.of(Map.of(name, "8", "start-method", "żółć")),
                List.of());
    }

    @Test
    void variantsKeepTheirEnvironmentsAndPositions() {
        var random = new Random(4);
        for (var i = 0; i < 300; i++) {
            var entry = varied(random(random), random(random), random(random)).tagged();
            var whole = entry.with(entry.others().stream().map(Entry::tagged).toList());

            assertThat(EntryFormat.decode(EntryFormat.encode(whole))).hasValue(whole);
        }
    }

    @Test
    void aTruncatedRecordOfVariantsIsNoEntry() {
        var record = EntryFormat.encode(varied(sample(), sample(), sample()));
        for (var length = 0; length < record.length; length++) {
            assertThat(EntryFormat.decode(Arrays.copyOf(record, length)))
                    .as("%d", length)
                    .isEmpty();
        }
    }

    @Test
    void aWrongNumberOfVariantsNeverGivesAnotherValue() {
        var whole = varied(sample(), sample(), sample());
        var record = EntryFormat.encode(whole);
        for (var count = 0; count < 256; count++) {
            record[3] = (byte) count;

            var decoded = EntryFormat.decode(record);

            if (count < 1 || count > 3) {
                assertThat(decoded).as("%d", count).isEmpty();
            } else {
                assertThat(decoded).hasValue(whole.with(whole.others().subList(0, count - 1)));
            }
        }
    }

    @Test
    void largeTextsAreWrittenUpToTheirBound() {
        var longest = "x".repeat(0xFFFF);
        var entry = sample();
        var with =
                new Entry(entry.value(), longest, 0, 0, 0, AT, List.of(longest), "", "", 0, false);

        assertThat(EntryFormat.decode(EntryFormat.encode(with))).hasValue(with.tagged());
        var beyond =
                new Entry(entry.value(), longest + "x", 0, 0, 0, AT, List.of(), "", "", 0, false);
        assertThatThrownBy(() -> EntryFormat.encode(beyond))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thePositionCanBeReadAndReplacedAtItsPlace() {
        var record = EntryFormat.encode(sample());
        var position = ByteBuffer.wrap(record, EntryFormat.POSITION_OFFSET, 16);
        assertThat(position.getLong()).isEqualTo(AT.generation());
        assertThat(position.getLong()).isEqualTo(AT.version());

        ByteBuffer.wrap(record, EntryFormat.POSITION_OFFSET, 16).putLong(7).putLong(8);

        assertThat(EntryFormat.decode(record)).hasValue(sample().at(new Position(7, 8)));
    }

    @Test
    void garbageIsNoEntry() {
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++) {
            var garbage = new byte[random.nextInt(200)];
            random.nextBytes(garbage);
            assertThat(EntryFormat.decode(garbage)).isEmpty();
        }
        assertThat(EntryFormat.decode(new byte[0])).isEmpty();
        assertThat(EntryFormat.decode(new byte[1000])).isEmpty();
    }

    @Test
    void aBodyOfGarbageUnderARightChecksumNeverThrows() {
        var random = new Random(6);
        var header = EntryFormat.encode(sample());
        for (var i = 0; i < 20_000; i++) {
            var body = new byte[4 + random.nextInt(120)];
            random.nextBytes(body);
            // Plausible lengths reach farther in.
            ByteBuffer.wrap(body).putInt(random.nextInt(130));
            for (var at = 37; at + 1 < body.length; at += 2) {
                body[at] = random.nextInt(4) == 0 ? body[at] : 0;
            }
            var record = Arrays.copyOf(header, EntryFormat.BODY_OFFSET + body.length);
            System.arraycopy(body, 0, record, EntryFormat.BODY_OFFSET, body.length);
            var checksum = new CRC32C();
            checksum.update(body);
            ByteBuffer.wrap(record).putInt(EntryFormat.BODY_OFFSET - 4, (int) checksum.getValue());

            assertThat(EntryFormat.decode(record)).isNotNull();
        }
    }

    @Test
    void aTruncatedRecordIsNoEntry() {
        var record = EntryFormat.encode(sample());
        for (var length = 0; length < record.length; length++) {
            assertThat(EntryFormat.decode(Arrays.copyOf(record, length)))
                    .as("%d", length)
                    .isEmpty();
        }
        assertThat(EntryFormat.decode(Arrays.copyOf(record, record.length + 1))).isEmpty();
    }

    @Test
    void aFlippedBitNeverGivesAnotherValue() {
        var record = EntryFormat.encode(sample());
        for (var bit = 0; bit < record.length * 8; bit++) {
            var flipped = record.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);

            // The position lies outside the checksum: scripts write it.
            var decoded = EntryFormat.decode(flipped).map(entry -> entry.at(AT));

            if (decoded.isPresent()) {
                assertThat(decoded).hasValue(sample());
            }
            if (bit / 8 >= EntryFormat.BODY_OFFSET) {
                assertThat(decoded).as("bit %d", bit).isEmpty();
            }
        }
    }

    @Test
    void anotherVersionIsNoEntry() {
        var record = EntryFormat.encode(sample());
        record[2] = EntryFormat.VERSION + 1;

        assertThat(EntryFormat.decode(record)).isEmpty();
    }
}
