package io.cistern.cache.entry;

import java.util.Optional;

/** How a store makes values smaller that it keeps in records. */
public interface ValuePacking {

    /** Leaves every value as it is, and reads none that was not left so. */
    ValuePacking NONE =
            new ValuePacking() {
                @Override
                public Optional<byte[]> pack(byte[] value) {
                    return Optional.empty();
                }

                @Override
                public byte[] unpack(byte[] packed, int length) {
                    throw new IllegalArgumentException("a value that was packed");
                }
            };

    /**
     * @param value which must not be changed
     * @return it made smaller; empty where that is not worth while
     */
    Optional<byte[]> pack(byte[] value);

    /**
     * @param packed perhaps damaged
     * @param length of the value
     * @return the value
     * @throws IllegalArgumentException if it is damaged, not so long, or too large
     */
    byte[] unpack(byte[] packed, int length);
}
