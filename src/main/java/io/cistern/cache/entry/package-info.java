/** Entries and their binary record. */
package io.cistern.cache.entry;
