package io.cistern.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void doublesUpToACapWithJitter() {
        var backoff = new Backoff();

        for (long full = Backoff.FIRST_MILLIS; full < Backoff.CAP_MILLIS; full *= 2) {
            assertThat(backoff.next()).isBetween(full * 3 / 4, full);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.next()).isBetween(Backoff.CAP_MILLIS * 3 / 4, Backoff.CAP_MILLIS);
        }
    }

    @Test
    void beginsAgainAfterSuccess() {
        var backoff = new Backoff();
        backoff.next();
        backoff.next();

        backoff.reset();

        assertThat(backoff.next()).isLessThanOrEqualTo(Backoff.FIRST_MILLIS);
    }
}
