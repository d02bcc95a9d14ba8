package io.cistern.warming.run;

import io.cistern.warming.source.Item;
import java.util.Iterator;

/** Lets others see whether a run waits for its source; at the price of two plain writes. */
record WatchedItems(Iterator<Item> items, Run run) implements Iterator<Item> {

    @Override
    public boolean hasNext() {
        run.turnsToSource();
        try {
            return items.hasNext();
        } finally {
            run.turnsToSource();
        }
    }

    @Override
    public Item next() {
        run.turnsToSource();
        try {
            return items.next();
        } finally {
            run.turnsToSource();
        }
    }
}
