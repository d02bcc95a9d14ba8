package io.cistern.cache.spi;

/**
 * A part of a cache that the store can change atomically and that has an order of its own.
 *
 * @param cache the cache's name
 * @param index from 0 to the store's number of partitions
 */
public record Partition(String cache, int index) {}
