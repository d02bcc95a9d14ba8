package io.cistern.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cistern.cache.LookupResult;
import io.cistern.cache.entry.Entry;
import io.cistern.cache.order.Position;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchReplyTest {

    @Test
    void leavesOutWhatWouldMakeTheAnswerTooLargeAndSaysSo() throws Exception {
        Map<String, LookupResult> results = new LinkedHashMap<>();
        results.put("a", result("1234"));
        results.put("b", result("123456789"));
        results.put("c", result("12"));

        var answer = json(BatchReply.of(results, 8).payload());

        assertThat(answer.get("entries").fieldNames()).toIterable().containsExactly("a", "c");
        assertThat(answer.get("failed").get("b").asText()).contains("too large");
    }

    @Test
    void doesNotTrustAMediaTypeThatSaysJson() throws Exception {
        var answer = json(BatchReply.of(Map.of("a", result("{no json"))).payload());

        assertThat(answer.get("entries").get("a").has("value")).isFalse();
        assertThat(answer.get("entries").get("a").get("base64").binaryValue())
                .asString()
                .isEqualTo("{no json");
    }

    private static JsonNode json(byte[] bytes) throws Exception {
        return new ObjectMapper().readTree(bytes);
    }

    private static LookupResult result(String value) {
        var entry =
                new Entry(
                        value.getBytes(StandardCharsets.UTF_8),
                        "application/json",
                        0,
                        1000,
                        2000,
                        new Position(1, 1),
                        List.of(),
                        "e",
                        "",
                        Entry.NO_VERSION,
                        false);
        return new LookupResult(LookupResult.Way.NEAR, entry, null, false, false, false, 1);
    }
}
