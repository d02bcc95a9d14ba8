package io.cistern.invalidation.feed;

/**
 * What became of dead letters that were sent back to where they came from.
 *
 * @param sent how many were
 * @param left how many could not be, since only their beginning was kept
 */
public record Replayed(long sent, long left) {}
