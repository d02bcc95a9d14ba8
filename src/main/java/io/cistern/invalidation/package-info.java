/** Invalidating keys, tags, patterns and whole caches. */
package io.cistern.invalidation;
