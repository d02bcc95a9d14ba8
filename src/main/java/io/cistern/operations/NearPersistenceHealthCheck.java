package io.cistern.operations;

import io.cistern.store.near.NearKeeper;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;

/** Is down while what is near can't be kept over a restart. It holds nothing back. */
public final class NearPersistenceHealthCheck extends Information {

    private final NearKeeper keeper;

    public NearPersistenceHealthCheck(NearKeeper keeper) {
        super("near-persistence");
        this.keeper = keeper;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.detail("file", keeper.file().toString());
        tell(builder, keeper.isKeeping() ? "" : "what is near is not kept over a restart");
    }
}
