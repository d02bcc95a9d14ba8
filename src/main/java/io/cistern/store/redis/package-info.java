/** The store that instances share: Redis, by scripts and pipelined reads. */
package io.cistern.store.redis;
