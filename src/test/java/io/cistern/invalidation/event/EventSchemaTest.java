package io.cistern.invalidation.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Reading without the schema takes what the schema allows, and never what it doesn't. */
class EventSchemaTest {

    private static final int DOCUMENTS = 30_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Values for each field: usual ones, ones at its bounds, and ones beyond them. */
    private static final List<Function<Random, String>> VALUES =
            List.of(
                    random -> "\"products\"",
                    random -> "\"%d%s\"".formatted(random.nextInt(2_000), unit(random)),
                    random -> String.valueOf(random.nextInt(5_000) - 100),
                    random -> String.valueOf(random.nextLong()),
                    random -> "12345678901234567890",
                    random -> "9223372036854775807",
                    random -> "-9223372036854775808",
                    random -> random.nextInt(100) + ".0",
                    random -> random.nextInt(100) + ".5",
                    random -> "1e400",
                    random -> random.nextBoolean() ? "true" : "false",
                    random -> "null",
                    random -> "[]",
                    random -> "{}",
                    random -> "{\"a\":[1,{}]}",
                    random -> "[\"a\",\"b\"]",
                    random -> "[\"a\",\"\"]",
                    random -> "[1]",
                    random -> "[[\"a\"]]",
                    random -> "\"\"",
                    random -> "\"" + "😀".repeat(1_000 + random.nextInt(50)) + "\"",
                    random -> "[\"" + "x".repeat(2_040 + random.nextInt(16)) + "\"]",
                    random -> "\"" + "x".repeat(1_020 + random.nextInt(8)) + "\"",
                    random -> "\"" + "c".repeat(125 + random.nextInt(6)) + "\"",
                    random -> "\"evict\"",
                    random -> "\"refresh\"",
                    random -> "\"a\\nb\"");

    private static final List<String> FIELDS =
            List.of(
                    "id",
                    "cache",
                    "keys",
                    "tags",
                    "pattern",
                    "all",
                    "mode",
                    "occurredAt",
                    "source",
                    "delay",
                    "originVersion",
                    "another");

    private final EventSchema schema = new EventSchema();

    private static String unit(Random random) {
        return List.of("", "ms", "s", "m", "h", "d", " s", "S").get(random.nextInt(8));
    }

    @Test
    void bothWaysOfReadingAgree() throws JsonProcessingException {
        var random = new Random(7);
        var taken = 0;
        for (var i = 0; i < DOCUMENTS; i++) {
            var text = document(random);
            var node = JSON.readTree(text);
            var plain = EventReader.plain(text);
            var mistake = schema.mistake(node);
            if (plain.isPresent()) {
                taken++;
                assertThat(mistake).as(text).isEmpty();
            } else if (!node.has("originVersion")) {
                // Numbers may be whole and yet none that a version can be.
                assertThat(mistake).as(text).isPresent();
            }
        }
        assertThat(taken).isBetween(DOCUMENTS / 20, DOCUMENTS / 2);
    }

    private static String document(Random random) {
        var object = new StringBuilder("{");
        for (var field : FIELDS) {
            var likely = List.of("cache", "keys", "all").contains(field) ? 0.8 : 0.15;
            if (random.nextDouble() < likely) {
                object.append(object.length() > 1 ? "," : "").append('"').append(field);
                object.append("\":").append(value(field, random));
            }
        }
        return object.append('}').toString();
    }

    private static String value(String field, Random random) {
        if (random.nextDouble() < 0.7) {
            return switch (field) {
                case "keys", "tags" -> "[\"a\"]";
                case "all" -> "true";
                case "mode" -> "\"expire\"";
                case "delay" -> "\"5s\"";
                case "originVersion" -> "7";
                default -> "\"products\"";
            };
        }
        return VALUES.get(random.nextInt(VALUES.size())).apply(random);
    }

    @Test
    void whatIsUsualIsReadWithoutTheSchema() {
        var usual =
                """
                {"id":"e-1","cache":"products","keys":["42"],"mode":"evict",
                 "occurredAt":"2026-11-21T10:00:00Z","source":"catalog","originVersion":7}""";

        assertThat(EventReader.plain(usual)).isPresent();
        assertThat(EventReader.plain("[" + usual + "," + usual + "]")).isPresent();
    }

    @Test
    void everyFieldHasADescription() throws Exception {
        JsonNode document =
                JSON.readTree(
                        new String(
                                getClass()
                                        .getClassLoader()
                                        .getResourceAsStream(EventSchema.RESOURCE)
                                        .readAllBytes(),
                                UTF_8));

        var fields = document.get("properties").properties();
        assertThat(fields).extracting(it -> it.getKey()).containsAll(FIELDS.subList(0, 11));
        assertThat(fields).allMatch(it -> it.getValue().has("description"));
    }
}
