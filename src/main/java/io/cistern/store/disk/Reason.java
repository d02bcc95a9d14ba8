package io.cistern.store.disk;

import java.io.IOException;
import java.nio.file.FileSystemException;

/** What people are told of a failure. */
final class Reason {

    private Reason() {}

    /** In words; many a failure of the file system says nothing but the name of a file. */
    static String of(Throwable e) {
        var saysEnough =
                e instanceof IOException
                        && e.getMessage() != null
                        && !(e instanceof FileSystemException file && file.getReason() == null);
        return saysEnough ? e.getMessage() : e.toString();
    }
}
