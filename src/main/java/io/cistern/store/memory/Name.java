package io.cistern.store.memory;

import io.cistern.cache.spi.Partition;

/**
 * Whose an entry is.
 *
 * @param partition in which order it stands
 * @param key its key there
 */
public record Name(Partition partition, String key) {}
