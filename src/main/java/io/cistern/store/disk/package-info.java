/** What the memory store keeps on a disk over a restart. */
package io.cistern.store.disk;
