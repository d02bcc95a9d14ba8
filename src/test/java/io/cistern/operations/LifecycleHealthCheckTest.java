package io.cistern.operations;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.camel.health.HealthCheck;
import org.junit.jupiter.api.Test;

class LifecycleHealthCheckTest {

    private final LifecycleHealthCheck check = new LifecycleHealthCheck();

    private HealthCheck.State state() {
        return check.call().getState();
    }

    @Test
    void isUpOnlyBetweenStartAndStop() {
        assertThat(state()).isEqualTo(HealthCheck.State.DOWN);
        check.started();
        assertThat(state()).isEqualTo(HealthCheck.State.UP);
        check.stopping();
        assertThat(state()).isEqualTo(HealthCheck.State.DOWN);
        assertThat(check.call().getMessage()).hasValue("the instance is stopping");
    }

    @Test
    void aStartThatEndsAfterTheStopBeganIsTooLate() {
        check.stopping();
        check.started();
        assertThat(state()).isEqualTo(HealthCheck.State.DOWN);
    }

    @Test
    void holdsReadinessBackButNotLiveness() {
        assertThat(check.isReadiness()).isTrue();
        assertThat(check.isLiveness()).isFalse();
    }
}
