package io.cistern.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProblemTest {
    private static String json(Problem problem) {
        return new String(problem.toReply().payload(), StandardCharsets.UTF_8);
    }

    @Test
    void writesItsFieldsInOrder() {
        var problem =
                Problem.of(400, "Bad request", "No such \"field\"\n")
                        .with("field", "keys[1]")
                        .with("n", 3)
                        .with("ok", true)
                        .with("none", null)
                        .with("list", List.of("a", 1))
                        .with("map", Map.of("ä", "\0"));

        assertThat(json(problem))
                .isEqualTo(
                        "{\"title\":\"Bad request\",\"status\":400,"
                                + "\"detail\":\"No such \\\"field\\\"\\n\",\"field\":\"keys[1]\","
                                + "\"n\":3,\"ok\":true,\"none\":null,\"list\":[\"a\",1],"
                                + "\"map\":{\"ä\":\"\\u0000\"}}");
    }

    @Test
    void hasItsContentTypeAndHeaders() {
        var reply = Problem.of(503, "Busy", null).retryAfter(Duration.ofMillis(1200)).toReply();

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.header("content-type")).hasToString("application/problem+json");
        assertThat(reply.header("Retry-After")).hasToString("2");
        assertThat(reply.header("Allow")).isNull();
    }

    @Test
    void neverAsksToRetryAtOnce() {
        var reply = Problem.of(503, "Busy", null).retryAfter(Duration.ZERO).toReply();

        assertThat(reply.header("retry-after")).hasToString("1");
    }

    @Test
    void isNotChangedByAddingToIt() {
        var bare = Problem.of(404, "Not found", null);

        bare.with("field", "x");

        assertThat(json(bare)).isEqualTo("{\"title\":\"Not found\",\"status\":404}");
    }

    @Test
    void refusesFieldsThatHaveAMeaning() {
        assertThatThrownBy(() -> Problem.of(404, "Not found", null).with("status", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("status");
    }
}
