package io.cistern.origin;

import java.sql.Array;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;

/**
 * Makes the answer of a route with {@code batchSize} from the rows of one query: a map from the key
 * that each of them bears. Safe for many threads once its column is set.
 */
public class RowsByKey {
    private String column = "id";

    /**
     * @param column which column holds the key, {@code id} by default
     */
    public void setColumn(String column) {
        this.column = column;
    }

    /**
     * Puts each row under its key.
     *
     * @param rows as Camel's {@code sql:} gives them; arrays of the database become lists
     * @return the rows by the text of their key, in their order; of several with one key the last
     * @throws IllegalArgumentException if a row has no such column, or no key in it
     * @throws SQLException if an array can't be read
     */
    public Map<String, Map<String, Object>> map(@Body List<Map<String, Object>> rows)
            throws SQLException {
        Map<String, Map<String, Object>> byKey = new LinkedHashMap<>();
        for (var row : rows) {
            var key = row.get(column);
            if (key == null) {
                throw new IllegalArgumentException("a row has no key in column " + column);
            }
            byKey.put(key.toString(), withLists(row));
        }
        return byKey;
    }

    private static Map<String, Object> withLists(Map<String, Object> row) throws SQLException {
        Map<String, Object> copy = new LinkedHashMap<>(row);
        for (var cell : copy.entrySet()) {
            if (cell.getValue() instanceof Array array) {
                cell.setValue(Arrays.asList((Object[]) array.getArray()));
            }
        }
        return copy;
    }
}
