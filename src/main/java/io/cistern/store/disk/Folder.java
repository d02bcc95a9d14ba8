package io.cistern.store.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The one folder in which everything is kept, and the little that is needed of a file system. What
 * is written or said of files may be lost by a failure of the machine until it is forced.
 */
interface Folder {

    /** For people. */
    String path();

    /**
     * Takes the folder for this instance alone, and makes it where it is not there.
     *
     * @return false where another instance has it
     */
    boolean claim() throws IOException;

    /** Whether what was claimed is still where it was. */
    boolean isThere();

    /**
     * Leaves a sign that another instance than the one that has it runs, for as long as it does and
     * until somebody {@link #forgetGuests takes it away}. May be repeated.
     */
    void announceGuest() throws IOException;

    /** Whether there is such a sign. */
    boolean hadGuests() throws IOException;

    /** Takes the sign away if none of them but this one runs any more. */
    void forgetGuests() throws IOException;

    /** The names of all files; none where the folder is not there. */
    List<String> list() throws IOException;

    /** Opens a file for reading and writing; makes it where it is not there. */
    Handle open(String name) throws IOException;

    /** Deletes a file if it is there. */
    void delete(String name) throws IOException;

    /** Renames a file, over another of that name. */
    void rename(String from, String to) throws IOException;

    /** Which files there are, and their names, survive whatever happens. */
    void force() throws IOException;

    /** Gives the folder back. */
    void release();

    /** An open file. */
    interface Handle extends Closeable {

        long size() throws IOException;

        /** Writes all that remains of the bytes. */
        void write(ByteBuffer bytes, long at) throws IOException;

        /**
         * Reads until nothing remains to be filled, or the file ends.
         *
         * @return how many bytes
         */
        int read(ByteBuffer into, long at) throws IOException;

        void truncate(long size) throws IOException;

        /** What was written survives whatever happens. */
        void force() throws IOException;
    }
}
