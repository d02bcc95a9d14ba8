package io.cistern.warming.source;

import java.util.Iterator;
import java.util.function.Function;

/** An iterator over what becomes of another one's elements. */
record Mapped<T>(Iterator<? extends T> of, Function<? super T, Item> to) implements Iterator<Item> {

    @Override
    public boolean hasNext() {
        return of.hasNext();
    }

    @Override
    public Item next() {
        return to.apply(of.next());
    }
}
