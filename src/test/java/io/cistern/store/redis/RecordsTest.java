package io.cistern.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.entry.EntryFormat;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Partition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class RecordsTest {

    private static final Names NAMES = new Names("", "ns", new Partition("c", 0));

    private static byte[] encode(Entry entry, long above) {
        var records = new Records();
        records.compress("c", above);
        return records.encode(NAMES, entry);
    }

    private static Entry of(byte[] value) {
        return new Entry(
                value, "text/plain", 1, 2, 3, new Position(4, 5), List.of("t"), "e", "", 6, false);
    }

    @Test
    void compressesWhatIsLarger() {
        var entry = of("la ".repeat(1_000).getBytes(StandardCharsets.UTF_8));

        var record = encode(entry, 2_999);

        assertThat(record).hasSizeLessThan(200);
        assertThat(Records.decode(record).map(Entry::value)).contains(entry.value());
        assertThat(encode(entry, 3_000)).isEqualTo(EntryFormat.encode(entry));
    }

    @Test
    void leavesWhatGetsHardlySmaller() {
        var noise = new byte[5_000];
        new Random(1).nextBytes(noise);

        assertThat(encode(of(noise), 0)).isEqualTo(EntryFormat.encode(of(noise)));
        assertThat(encode(of(new byte[0]), 0)).isEqualTo(EntryFormat.encode(of(new byte[0])));
    }

    /** Whatever stands there: no exception, and no memory for what it only claims. */
    @Test
    void whatClaimsToBeCompressedMayBeAnything() {
        var entry = of("la ".repeat(1_000).getBytes(StandardCharsets.UTF_8));
        var random = new Random(2);
        for (var i = 0; i < 2_000; i++) {
            var record = encode(entry, 0);
            for (var hits = 0; hits < 3; hits++) {
                var at = 70 + random.nextInt(record.length - 70);
                record[at] = (byte) random.nextInt();
            }
            var checksum = new CRC32C();
            checksum.update(
                    record, EntryFormat.BODY_OFFSET, record.length - EntryFormat.BODY_OFFSET);
            ByteBuffer.wrap(record).putInt(EntryFormat.BODY_OFFSET - 4, (int) checksum.getValue());

            var decoded = Records.decode(record);

            decoded.ifPresent(it -> assertThat(it.value().length).isLessThanOrEqualTo(64 << 20));
        }
    }
}
