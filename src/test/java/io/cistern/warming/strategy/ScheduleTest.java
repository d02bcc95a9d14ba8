package io.cistern.warming.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

    @Test
    void aCronExpressionBecomesAnEndpoint() {
        var schedule = Schedule.parse(" 0 0/30  * * * ? ");

        assertThat(schedule.uri("popular"))
                .isEqualTo("quartz:warming/popular?cron=0+0/30+*+*+*+?&triggerStartDelay=1500");
        assertThat(schedule.tick(1_234)).isEqualTo(1_234);
    }

    @Test
    void firingsOfAnIntervalLieInSlotsOfTheClock() {
        var schedule = Schedule.parse("every 30s");

        assertThat(schedule.every()).contains(Duration.ofSeconds(30));
        assertThat(schedule.uri("often"))
                .isEqualTo(
                        "quartz:warming/often?trigger.repeatInterval=30000&triggerStartDelay=1500");
        assertThat(schedule.tick(30_000)).isEqualTo(schedule.tick(59_999)).isEqualTo(30_000);
        assertThat(schedule.tick(60_000)).isEqualTo(60_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "every now and then",
                "every 10ms",
                "0 0 25 * * ?",
                "* * * * *",
                "nonsense",
                "0 0 0 1 1 ? 2001"
            })
    void whatIsNoScheduleIsNamed(String text) {
        assertThatThrownBy(() -> Schedule.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text);
    }
}
