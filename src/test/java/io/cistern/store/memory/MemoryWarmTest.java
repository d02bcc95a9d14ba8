package io.cistern.store.memory;

import io.cistern.cache.spi.Store;
import io.cistern.store.TestClock;
import io.cistern.store.WarmContract;

class MemoryWarmTest extends WarmContract {

    @Override
    protected Store open() {
        return new MemoryStore(256L << 20, new TestClock(), (cache, cause) -> {});
    }
}
