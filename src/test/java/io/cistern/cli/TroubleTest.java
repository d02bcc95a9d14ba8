package io.cistern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a command says that can't even ask: in words, and without the names of our classes. */
class TroubleTest {

    @Test
    void aSettingThatIsWrong() {
        var settings = Map.of("CISTERN_HTTP_PORT", "abc", "CISTERN_FSYNC", "often");

        var ran = Commands.run(settings, "cache", "stats");

        assertThat(ran.code()).isEqualTo(Cli.TROUBLE);
        assertThat(ran.err().lines())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("stats failed: CISTERN_HTTP_PORT: \"abc\""))
                .anyMatch(line -> line.startsWith("stats failed: CISTERN_FSYNC: \"often\""));
    }

    @Test
    void aUrlThatIsNone() {
        var ran = Commands.run(Map.of(), "cache", "stats", "--url", "nowhere");

        assertThat(ran.code()).isEqualTo(Cli.TROUBLE);
        assertThat(ran.err()).startsWith("stats failed: --url: expected http://host:port");
    }
}
