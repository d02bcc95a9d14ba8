package io.cistern.cache.simulation;

import io.cistern.cache.spi.Store;
import io.cistern.store.LeaseContract;
import java.time.Duration;

class FakeStoreLeaseTest extends LeaseContract {

    private final VirtualTime time = new VirtualTime(1);

    @Override
    protected Store open() {
        return new FakeStore(time);
    }

    @Override
    protected void pass(Duration duration) {
        time.pass(duration);
    }
}
