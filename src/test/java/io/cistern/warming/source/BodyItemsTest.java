package io.cistern.warming.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;

class BodyItemsTest {
    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

    private List<Item> items(String keyField, Object body) throws Exception {
        exchange.getMessage().setBody(body);
        var all = new ArrayList<Item>();
        try (var feed = new BodyItems(new Keys(keyField), exchange).feed(() -> {})) {
            feed.items().forEachRemaining(all::add);
        }
        return all;
    }

    private List<String> keys(Object body) throws Exception {
        return items(null, body).stream()
                .map(item -> item instanceof Item.Key key ? key.key() : "!" + item)
                .toList();
    }

    private Map<String, String> rows(Object body) throws Exception {
        Map<String, String> rows = new LinkedHashMap<>();
        for (var item : items("sku", body)) {
            if (item instanceof Item.Row row) {
                rows.put(row.key(), new String(row.value(), UTF_8));
            } else {
                rows.put(((Item.Garbage) item).reason(), "!");
            }
        }
        return rows;
    }

    @Test
    void keysOfEveryForm() throws Exception {
        assertThat(keys(List.of("a", 7, "b".getBytes(UTF_8), Map.of("id", 42L))))
                .containsExactly("a", "7", "b", "42");
        assertThat(keys(Stream.of("a", "b"))).containsExactly("a", "b");
        assertThat(keys(List.of("a").iterator())).containsExactly("a");
        assertThat(keys(new Object[] {"a", "b"})).containsExactly("a", "b");
        assertThat(keys("[\"a\", 7, {\"id\":\"x\"}]")).containsExactly("a", "7", "x");
        assertThat(keys("\"a\"\n\"b\"\n")).containsExactly("a", "b");
        assertThat(keys("{\"id\":1}\n\n{\"id\":2}")).containsExactly("1", "2");
        assertThat(keys("a\r\n b \n\nc")).containsExactly("a", "b", "c");
        assertThat(keys(new ByteArrayInputStream("\uFEFFa\nb".getBytes(UTF_8))))
                .containsExactly("a", "b");
        assertThat(keys(null)).isEmpty();
        assertThat(keys("")).isEmpty();
    }

    @Test
    void keysOfCsv() throws Exception {
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "text/csv; charset=utf-8");

        assertThat(keys("sku\na\n\"b, c\"\n")).containsExactly("a", "b, c");
    }

    @Test
    void rowsOfEveryForm() throws Exception {
        assertThat(rows(List.of(Map.of("sku", 1), "{\"sku\":\"b\",\"x\":1.50}")))
                .containsExactly(
                        Map.entry("1", "{\"sku\":1}"),
                        Map.entry("b", "{\"sku\":\"b\",\"x\":1.50}"));
        assertThat(rows("[{\"x\":{\"sku\":9},\"sku\":\"a\"}]"))
                .containsExactly(Map.entry("a", "{\"x\":{\"sku\":9},\"sku\":\"a\"}"));
        assertThat(rows("sku,name\na,\"x, y\"\n"))
                .containsExactly(Map.entry("a", "{\"sku\":\"a\",\"name\":\"x, y\"}"));
        assertThat(rows(List.of(Map.entry("k", "v".getBytes(UTF_8)))))
                .containsExactly(Map.entry("k", "v"));
    }

    @Test
    void garbageIsToldAndLeavesTheRest() throws Exception {
        assertThat(
                        rows(
                                "[{\"sku\":},{\"name\":1},3,{\"sku\":\"\"},{\"sku\":{}},"
                                        + "{\"sku\":\"a\"},{\"sku\":\"b\"} x]"))
                .containsKey("a")
                .doesNotContainKey("b")
                .hasSize(6);
        assertThat(rows("sku,name\na\nb,c\n"))
                .containsKeys("b", "line 2 has 1 fields, the header 2");
        assertThat(keys(List.of(Map.of("a", 1, "b", 2), new Object(), "ok")))
                .hasSize(3)
                .contains("ok");
        assertThat(keys(List.of("x".repeat(2049), ""))).allMatch(key -> key.startsWith("!"));
    }

    @Test
    void aTotalIsKnownWhereItCosts() throws Exception {
        exchange.getMessage().setBody(List.of("a", "b"));
        assertThat(new BodyItems(new Keys(null), exchange).feed(() -> {}).total()).hasValue(2);
        exchange.getMessage().setBody("a\nb");
        assertThat(new BodyItems(new Keys(null), exchange).feed(() -> {}).total()).isEmpty();
    }

    @Test
    void whatIsNoTextIsNotAskedOfTheOrigin() throws Exception {
        var binary = new byte[] {'a', '\n', (byte) 0xC3, '(', '\n', 'b', 0, 'c', '\n', 'd'};

        assertThat(keys(binary))
                .containsExactly(
                        "a",
                        "!Garbage[reason=no UTF-8 where a key is expected]",
                        "!Garbage[reason=control characters where a key is expected]",
                        "d");
    }

    @Test
    void aPageIsNoSource() {
        assertThatThrownBy(() -> keys("<html>\n<p>Please log in\n</html>"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a page");
        assertThatThrownBy(() -> rows("<?xml version='1.0'?>")).hasMessageContaining("XML");
    }
}
