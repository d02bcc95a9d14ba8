package io.cistern.warming.source;

import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.OptionalLong;

/**
 * What an open source yields. For one thread.
 *
 * @param items a failure of the source is thrown by the iterator
 * @param total how many there are, where that is known before
 * @param resources what is to be closed in the end
 */
public record Feed(Iterator<Item> items, OptionalLong total, Closeable resources)
        implements Closeable {

    @Override
    public void close() throws IOException {
        resources.close();
    }
}
