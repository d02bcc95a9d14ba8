package io.cistern.store.disk;

/**
 * How much is taken, at a time and in all.
 *
 * @param storeBytes what the store holds at most
 * @param queueBytes what may wait to be written; what comes beyond is not kept
 * @param fileBytes of a file of values, after which another is begun
 * @param slackBytes what a ledger may be larger than twice what it has to be
 * @param sliceBytes what is read back or tidied up between two writes
 * @param marks how many tags, and how many keys, are remembered for each partition
 */
public record Limits(
        long storeBytes,
        long queueBytes,
        long fileBytes,
        long slackBytes,
        long sliceBytes,
        int marks) {

    /**
     * @param maxBytes what the store holds at most
     * @param marks how many tags, and how many keys, are remembered for each partition
     */
    public static Limits of(long maxBytes, int marks) {
        return new Limits(
                maxBytes,
                Math.max(1 << 20, Math.min(64 << 20, maxBytes / 8)),
                Math.max(1 << 20, Math.min(64 << 20, maxBytes / 8)),
                4 << 20,
                1 << 20,
                marks);
    }
}
