package io.cistern.store.redis;

import io.airlift.compress.MalformedInputException;
import io.airlift.compress.zstd.ZstdCompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import io.cistern.cache.entry.ValuePacking;
import java.util.Arrays;
import java.util.Optional;

/** Values with Zstandard (RFC 8878). */
final class Zstandard implements ValuePacking {

    /** Less than that is not worth the time that reading it takes. */
    private static final double LEAST_GAIN = 0.1;

    /** Whatever a record says: no more memory than that for one value. */
    private static final int LARGEST = 64 << 20;

    @Override
    public Optional<byte[]> pack(byte[] value) {
        if (value.length > LARGEST) {
            return Optional.empty();
        }
        var compressor = new ZstdCompressor();
        var out = new byte[compressor.maxCompressedLength(value.length)];
        var length = compressor.compress(value, 0, value.length, out, 0, out.length);
        return length > value.length * (1 - LEAST_GAIN)
                ? Optional.empty()
                : Optional.of(Arrays.copyOf(out, length));
    }

    @Override
    public byte[] unpack(byte[] compressed, int length) {
        if (length < 0 || length > LARGEST) {
            throw new IllegalArgumentException("length of a compressed value");
        }
        var value = new byte[length];
        try {
            var written =
                    new ZstdDecompressor()
                            .decompress(compressed, 0, compressed.length, value, 0, length);
            if (written == length) {
                return value;
            }
        } catch (MalformedInputException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a compressed value is damaged", e);
        }
        throw new IllegalArgumentException("a compressed value is shorter than it says");
    }
}
