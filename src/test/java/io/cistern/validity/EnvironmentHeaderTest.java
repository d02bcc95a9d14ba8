package io.cistern.validity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.entry.Environment;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentHeaderTest {

    @Test
    void readsADictionary() {
        assertThat(
                        EnvironmentHeader.parse(
                                "cores=8, start-method=\"fork\", memory=17179869184, load=0.50,"
                                        + " gpu, tpu=?0, kind=fast;q=1, id=:aGk=:"))
                .isEqualTo(
                        Environment.of(
                                Map.of(
                                        "cores", "8",
                                        "start-method", "fork",
                                        "memory", "17179869184",
                                        "load", "0.5",
                                        "gpu", "true",
                                        "tpu", "false",
                                        "kind", "fast",
                                        "id", "aGk=")));
    }

    @Test
    void ofSeveralTheLastCounts() {
        assertThat(EnvironmentHeader.parse("cores=4, cores=8").get("cores")).isEqualTo("8");
    }

    @Test
    void nothingIsNothing() {
        assertThat(EnvironmentHeader.parse(null)).isSameAs(Environment.NONE);
        assertThat(EnvironmentHeader.parse("  ")).isSameAs(Environment.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cores=",
                "cores=8,",
                "Cores=8",
                "cores=(4 8)",
                "cores: 8",
                "cores=\"8",
                "=8"
            })
    void whatIsNoneIsRefusedWithTheHeadersName(String text) {
        assertThatThrownBy(() -> EnvironmentHeader.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("Cistern-Environment: ");
    }

    @Test
    void whatIsTooLongIsRefused() {
        assertThatThrownBy(() -> EnvironmentHeader.parse("a=\"" + "x".repeat(5000) + "\""))
                .hasMessage("Cistern-Environment: longer than 4096 characters");
    }

    @Test
    void theInstanceKnowsItsMachine() {
        var environment = InstanceEnvironment.with(Environment.of(Map.of("gpu", "a100")));

        assertThat(environment.values()).containsKeys("cores", "memory", "os", "arch", "java");
        assertThat(environment.get("gpu")).isEqualTo("a100");
        assertThat(Long.parseLong(environment.get("memory"))).isPositive();
    }

    @Test
    void operatingSystemsHaveOneNameEach() {
        assertThat(InstanceEnvironment.os("Linux")).isEqualTo("linux");
        assertThat(InstanceEnvironment.os("Mac OS X")).isEqualTo("macos");
        assertThat(InstanceEnvironment.os("Windows Server 2022")).isEqualTo("windows");
    }
}
