package io.cistern.store.redis;

import io.cistern.cache.order.Marks;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a history lacks, as arguments of hello.lua. */
final class Replay {

    /** Lua takes no more in one call; and where so much is lost, little is left to be kept. */
    private static final int MOST_MEMBERS = 1_000;

    private static final byte[] NOTHING = {};

    private final List<byte[]> keys = new ArrayList<>();
    private final List<byte[]> members = new ArrayList<>();
    private final int[] counts = new int[3];
    private final boolean all;
    private final boolean allExpired;

    /**
     * @param lacking everything later than the version up to which both histories are the same
     * @param shared that version
     * @param of the partition
     */
    Replay(Marks.Difference lacking, long shared, Names of) {
        // Where a mark made way, its floor stands for it.
        all = lacking.floor() > shared || lacking.loadFloor() > shared;
        allExpired = lacking.expireFloor() > shared;
        var evicted = lacking.evicted();
        var expired = lacking.expired();
        counts[0] = add(Members.EVICTED, evicted.tags(), evicted.patterns());
        counts[1] = add(Members.EXPIRED, expired.tags(), expired.patterns());
        counts[2] = addKeys(Members.EVICTED, evicted.keys(), of, true);
        addKeys(Members.EXPIRED, expired.keys(), of, false);
    }

    private int add(Members kind, Map<String, Long> tags, Map<String, Long> patterns) {
        tags.keySet().forEach(tag -> members.add(kind.tag(tag)));
        patterns.keySet().forEach(pattern -> members.add(kind.pattern(pattern)));
        return tags.size() + patterns.size();
    }

    private int addKeys(Members kind, Map<String, Long> named, Names of, boolean evicts) {
        for (var key : named.keySet()) {
            members.add(kind.key(key));
            keys.add(of.lease(key));
            if (evicts) {
                keys.add(of.entry(key));
            }
        }
        return named.size();
    }

    /** Whether it is little enough for one call. */
    boolean isSmall() {
        return members.size() <= MOST_MEMBERS;
    }

    /** Names to delete. */
    List<byte[]> keys() {
        return keys;
    }

    /** From ARGV[8] on. */
    List<byte[]> args(int marks) {
        List<byte[]> args = new ArrayList<>(members.size() + 6);
        args.add(Replies.number(marks));
        args.add(all ? "evict".getBytes(StandardCharsets.US_ASCII) : NOTHING);
        args.add(allExpired ? "expire".getBytes(StandardCharsets.US_ASCII) : NOTHING);
        for (var count : counts) {
            args.add(Replies.number(count));
        }
        args.addAll(members);
        return args;
    }
}
