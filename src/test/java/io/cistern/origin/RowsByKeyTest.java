package io.cistern.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowsByKeyTest {

    private final RowsByKey rows = new RowsByKey();

    @Test
    void eachRowStandsUnderTheTextOfItsKey() throws Exception {
        Map<String, Object> withNull = new HashMap<>();
        withNull.put("id", "b");
        withNull.put("name", null);

        assertThat(rows.map(List.of(Map.of("id", 7, "name", "seven"), withNull)))
                .containsExactly(
                        Map.entry("7", Map.of("id", 7, "name", "seven")), Map.entry("b", withNull));
        assertThat(rows.map(List.of())).isEmpty();
    }

    @Test
    void anotherColumnMayHoldTheKey() throws Exception {
        rows.setColumn("sku");

        assertThat(rows.map(List.of(Map.of("id", 7, "sku", "s-7")))).containsOnlyKeys("s-7");
    }

    @Test
    void aRowWithoutAKeyIsAFailureNotAMissingValue() {
        assertThatThrownBy(() -> rows.map(List.of(Map.of("name", "nobody"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a row has no key in column id");
    }
}
