package io.cistern.store.memory;

import io.cistern.cache.spi.Store;
import io.cistern.store.TestClock;
import io.cistern.store.VersionContract;

class MemoryVersionTest extends VersionContract {

    @Override
    protected Store open(int marks) {
        return new MemoryStore(64 << 20, new TestClock(), (cache, cause) -> {}, marks);
    }
}
