/** What the engine needs of the world: time, stores, origins, and somebody to tell. */
package io.cistern.cache.spi;
