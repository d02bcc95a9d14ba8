package io.cistern.warming;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.warming.run.RunReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private static RunReport run(String name, String state, String endedAt, long done) {
        return new RunReport(
                "id", name, state, "startup", "here", null, null, endedAt, 1000L, done, 1, 0, 250.4,
                null, "current", null, List.of());
    }

    @Test
    void showsAllRunsInOneLine() {
        var runs =
                List.of(
                        run("first", "completed", "2026-11-21T10:00:00Z", 1000),
                        run("second", "running", null, 499),
                        run("third", "queued", null, 0));

        assertThat(Progress.line(runs))
                .isEqualTo("Warming 1 of 3: 1,499 stored, 3 failed, second 50 % 250/s");
    }

    @Test
    void sumsUpInTheEnd() {
        assertThat(
                        Progress.summary(
                                List.of(run("a", "completed", "2026-11-21T10:00:00Z", 5)), 1234))
                .isEqualTo("Start-up warming ended: 1 strategies, 5 stored, 1 failed in 1234 ms");
    }
}
