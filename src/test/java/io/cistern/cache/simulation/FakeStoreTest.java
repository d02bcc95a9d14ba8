package io.cistern.cache.simulation;

import io.cistern.cache.spi.Store;
import io.cistern.store.StoreContract;
import java.util.Set;

/** What the simulation proves of its store must be true of the real ones. */
class FakeStoreTest extends StoreContract {

    @Override
    protected Store open(int marks) {
        return new FakeStore(new VirtualTime(1), 1, 1, marks, Set.of());
    }
}
