package io.cistern.breaker;

import io.cistern.settings.BreakerSettings;
import java.time.Duration;

/** What tests of breakers share. */
final class BreakersFixture {
    /** Breakers open for a minute after five failures in a row. */
    static final BreakerSettings DEFAULTS = new BreakerSettings(true, 5, Duration.ofSeconds(60));

    private BreakersFixture() {}
}
