package io.cistern.store.redis;

import io.cistern.cache.spi.Store;
import io.cistern.store.TestClock;
import io.cistern.store.WarmContract;
import java.util.UUID;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where settings leave no connection for transactions. */
class RedisWarmByScriptIT extends WarmContract {

    @RegisterExtension static final TestRedis REDIS = new TestRedis();

    @Override
    protected Store open() {
        return new RedisStore(
                REDIS.connection().withoutBulk(),
                new TestClock(),
                "",
                UUID.randomUUID().toString(),
                RedisLimits.DEFAULT);
    }
}
