package io.cistern.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cistern.cache.spi.Partition;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The names in Redis of what belongs to one partition; they share a hash tag. */
final class Names {

    private final String cache;
    private final byte[] order;
    private final byte[] tags;
    private final byte[] keys;
    private final byte[] entries;
    private final byte[] leases;
    private final byte[] gate;
    private final byte[] probe;
    private final List<byte[]> sets;

    /**
     * @param prefix what every name begins with
     * @param namespace behind it, before the first colon
     * @param partition whose names
     */
    Names(String prefix, String namespace, Partition partition) {
        var base =
                "%s%s:{%s:%d}:".formatted(prefix, namespace, partition.cache(), partition.index());
        this.cache = partition.cache();
        this.order = (base + "m").getBytes(UTF_8);
        this.tags = (base + "t").getBytes(UTF_8);
        this.keys = (base + "k").getBytes(UTF_8);
        this.entries = (base + "e:").getBytes(UTF_8);
        this.leases = (base + "l:").getBytes(UTF_8);
        this.gate = (base + "w").getBytes(UTF_8);
        this.probe = (base + "p").getBytes(UTF_8);
        this.sets = List.of(order, tags, keys);
    }

    /** The cache whose partition it is. */
    String cache() {
        return cache;
    }

    /** The hash with generation, version and floors. */
    byte[] order() {
        return order;
    }

    /** What every script that goes by the order takes first: the hash and both sets. */
    List<byte[]> sets() {
        return sets;
    }

    /** What keeps transactions of warming from storing anything, see warm-open.lua. */
    byte[] gate() {
        return gate;
    }

    /** Where something is written that is gone at once. */
    byte[] probe() {
        return probe;
    }

    byte[] entry(String key) {
        return concat(entries, key.getBytes(UTF_8));
    }

    byte[] lease(String key) {
        return concat(leases, key.getBytes(UTF_8));
    }

    /** The key of an entry's name; empty where the name can't be one. */
    Optional<String> key(byte[] name) {
        if (name.length < entries.length) {
            return Optional.empty();
        }
        var bytes = Arrays.copyOfRange(name, entries.length, name.length);
        var key = new String(bytes, UTF_8);
        return Arrays.equals(key.getBytes(UTF_8), bytes) ? Optional.of(key) : Optional.empty();
    }

    /** A glob that matches the names of all entries and nothing else. */
    byte[] allEntries() {
        var glob = new ByteArrayOutputStream(entries.length + 8);
        for (var b : entries) {
            if ("*?[]\\^-".indexOf(b) >= 0) {
                glob.write('\\');
            }
            glob.write(b);
        }
        glob.write('*');
        return glob.toByteArray();
    }

    private static byte[] concat(byte[] first, byte[] second) {
        var both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
