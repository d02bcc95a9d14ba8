package io.cistern.component;

import io.cistern.cache.LookupRequest;

/**
 * A body that tells a producer what to look up, in place of headers.
 *
 * @param cache the name of the cache
 * @param key the key
 * @param request what is asked beyond the key
 */
public record Query(String cache, String key, LookupRequest request) {}
