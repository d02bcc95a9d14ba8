import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;

/** Sources for bench/warming: pairs of a key and ready bytes, made as they are wanted. */
public final class WarmingBeans {

    private static final byte[] ROW = new byte[1024];

    static {
        Arrays.fill(ROW, (byte) 'v');
    }

    /** Rows of 1 KiB. */
    public Iterable<Map.Entry<String, byte[]>> rows(int count) {
        return pairs(count, ROW);
    }

    /** Rows of 16 bytes. */
    public Iterable<Map.Entry<String, byte[]>> small(int count) {
        return pairs(count, Arrays.copyOf(ROW, 16));
    }

    private static Iterable<Map.Entry<String, byte[]>> pairs(int count, byte[] value) {
        return () ->
                new Iterator<>() {
                    private int next;

                    @Override
                    public boolean hasNext() {
                        return next < count;
                    }

                    @Override
                    public Map.Entry<String, byte[]> next() {
                        return Map.entry("row-" + next++, value);
                    }
                };
    }
}
