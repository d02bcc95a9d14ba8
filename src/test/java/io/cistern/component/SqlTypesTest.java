package io.cistern.component;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.sql.Array;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SqlTypesTest {

    /** Only its elements may be asked for: anything else leads to the connection. */
    private static Array array(Object... elements) {
        return (Array)
                Proxy.newProxyInstance(
                        Array.class.getClassLoader(),
                        new Class<?>[] {Array.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("getArray") && arguments == null) {
                                return elements;
                            }
                            throw new UnsupportedOperationException(method.getName());
                        });
    }

    private static Object pgObject(String type, String value) throws Exception {
        var made =
                Class.forName("org.postgresql.util.PGobject")
                        .getDeclaredConstructor()
                        .newInstance();
        made.getClass().getMethod("setType", String.class).invoke(made, type);
        made.getClass().getMethod("setValue", String.class).invoke(made, value);
        return made;
    }

    private static String json(Object value) throws Exception {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("v", value);
        return new String(JsonBodies.write(row), UTF_8);
    }

    @Test
    void anArrayIsOneOfItsElements() throws Exception {
        assertThat(json(array("a", 1, null))).isEqualTo("{\"v\":[\"a\",1,null]}");
    }

    @Test
    void jsonOfPostgresIsJson() throws Exception {
        assertThat(json(pgObject("jsonb", "{\"a\": [1]}"))).isEqualTo("{\"v\":{\"a\": [1]}}");
        assertThat(json(pgObject("json", null))).isEqualTo("{\"v\":null}");
    }

    @Test
    void otherTypesOfPostgresAreText() throws Exception {
        assertThat(json(pgObject("inet", "10.0.0.1"))).isEqualTo("{\"v\":\"10.0.0.1\"}");
        var interval = Class.forName("org.postgresql.util.PGInterval");
        assertThat(json(interval.getConstructor(String.class).newInstance("1 day")))
                .contains("1 days");
    }
}
