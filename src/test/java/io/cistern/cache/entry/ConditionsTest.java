package io.cistern.cache.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionsTest {

    private static final Conditions MACHINE = Conditions.parse("cores, start-method, memory~20%");

    private static Environment environment(String cores, String method, String memory) {
        Map<String, String> values = new HashMap<>();
        values.put("cores", cores);
        values.put("start-method", method);
        values.put("memory", memory);
        values.values().removeIf(value -> value == null || value.equals("-"));
        return Environment.of(values);
    }

    /** Made with 8, fork and 1000. */
    @ParameterizedTest
    @CsvSource({
        "8, fork, 1000, true",
        "8.0, fork, 1000, true",
        "8, fork, 800, true",
        "8, fork, 1200, true",
        "8, fork, 799.9, false",
        "8, fork, 1200.1, false",
        "4, fork, 1000, false",
        "8, spawn, 1000, false",
        "-, fork, 1000, false",
        "8, fork, -, false",
        "8, fork, much, false"
    })
    void holdWhereEverythingIsEqualOrWithinItsTolerance(
            String cores, String method, String memory, boolean hold) {
        var made = environment("8", "fork", "1000");
        var asked = environment(cores, method, memory);

        assertThat(MACHINE.hold(made, asked)).isEqualTo(hold);
        assertThat(MACHINE.differences(made, asked).isEmpty()).isEqualTo(hold);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "1e-999999999", "1e99999999", "0e999999999"})
    void noExponentTakesForever(String memory) {
        var made = environment("8", "fork", "1000");
        var asked = environment("8", "fork", memory);

        assertTimeoutPreemptively(
                Duration.ofSeconds(2),
                () -> {
                    assertThat(MACHINE.hold(made, asked)).isFalse();
                    assertThat(MACHINE.hold(asked, made)).isFalse();
                    assertThat(MACHINE.hold(asked, asked)).isTrue();
                    assertThat(MACHINE.differences(made, asked))
                            .containsExactly("memory: made with 1000, asked with " + memory);
                });
    }

    @Test
    void whatNeitherKnowsIsEqual() {
        assertThat(MACHINE.hold(environment("8", "-", "-"), environment("8", "-", "-"))).isTrue();
        assertThat(MACHINE.hold(Environment.NONE, Environment.NONE)).isTrue();
    }

    @Test
    void aToleranceMayBeAbsolute() {
        var warm = Conditions.parse("temperature~5");

        assertThat(warm.hold(of("temperature", "-3"), of("temperature", "2"))).isTrue();
        assertThat(warm.hold(of("temperature", "-3"), of("temperature", "2.01"))).isFalse();
    }

    private static Environment of(String name, String value) {
        return Environment.of(Map.of(name, value));
    }

    @Test
    void tellWhatDiffers() {
        assertThat(
                        MACHINE.differences(
                                environment("8", "fork", "1000"), environment("4", "-", "1000")))
                .containsExactly(
                        "cores: made with 8, asked with 4",
                        "start-method: made with fork, asked with none");
    }

    @Test
    void whatNoConditionNamesDoesNotMatter() {
        var all = Environment.of(Map.of("cores", "8", "host", "a"));

        assertThat(MACHINE.relevant(all)).isEqualTo(of("cores", "8"));
    }

    @ParameterizedTest
    @CsvSource({"cores", "'cores, start-method, memory~20%'", "'a~0.5, b~512, c~2.5%'"})
    void areWrittenAsTheyAreRead(String text) {
        assertThat(Conditions.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'cores,'; got ''",
                "Cores; got 'Cores'",
                "memory~; got 'memory~'",
                "memory~-1; got 'memory~-1'",
                "memory~20 percent; got 'memory~20 percent'",
                "cores, cores; cores stands there twice"
            })
    void whatIsWrongIsRefused(String text, String message) {
        assertThatThrownBy(() -> Conditions.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void anEnvironmentIsWrittenAsADictionaryInOneOrder() {
        var one = Environment.of(Map.of("b", "x\"y", "a", "8.50", "c", "true"));

        assertThat(one).hasToString("a=8.5, b=\"x\\\"y\", c=?1");
    }
}
