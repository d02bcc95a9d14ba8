package io.cistern.cache.simulation;

import io.cistern.cache.spi.Store;
import io.cistern.store.VersionContract;
import java.util.Set;

class FakeStoreVersionTest extends VersionContract {

    @Override
    protected Store open(int marks) {
        return new FakeStore(new VirtualTime(1), 1, 1, marks, Set.of());
    }
}
