package io.cistern.warming;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShippedStrategiesIT extends ShippedStrategiesFixture {

    @Test
    void thereAreNoOthers() {
        assertThat(instance.get("/warming/strategies").json().path("strategies")).hasSize(5);
    }
}
