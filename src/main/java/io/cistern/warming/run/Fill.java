package io.cistern.warming.run;

import io.cistern.warming.source.Feed;

/** A way to fill a cache with what a source yields. For one run and one thread. */
interface Fill {

    /**
     * Takes all items in, until the feed or the run ends, and waits for what is under way.
     *
     * @throws InterruptedException where the instance stops
     */
    void take(Feed feed) throws InterruptedException;
}
