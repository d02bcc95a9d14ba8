package io.cistern.store.disk;

import java.util.Comparator;

/**
 * Where the record of an entry is kept.
 *
 * @param file the number of the file of values
 * @param offset where it begins, in bytes
 * @param length in bytes
 * @param checksum CRC-32C of its bytes
 * @param version at which its load began, in the ledger's generation
 * @param keptUntil after which nothing of it lives, in milliseconds of the store's time
 */
record Place(int file, long offset, int length, int checksum, long version, long keptUntil) {

    /** In the order in which they were written. */
    static final Comparator<Place> FIRST_WRITTEN =
            Comparator.comparingInt(Place::file).thenComparingLong(Place::offset);
}
