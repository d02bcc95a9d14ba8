package io.cistern.component;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.sql.Array;
import java.sql.SQLException;
import java.util.Set;

/**
 * How values of databases are written that Jackson takes for beans. An array would lead it through
 * the connection, with all that can be read off that.
 */
final class SqlTypes extends SimpleModule {

    private static final long serialVersionUID = 1L;

    /** What PostgreSQL's driver gives for its own types; it need not be there. */
    private static final String PG_OBJECT = "org.postgresql.util.PGobject";

    private static final Set<String> JSON_TYPES = Set.of("json", "jsonb");

    SqlTypes() {
        super("sql");
        addSerializer(Array.class, new Arrays());
        setSerializerModifier(
                new BeanSerializerModifier() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public JsonSerializer<?> modifySerializer(
                            SerializationConfig config,
                            BeanDescription bean,
                            JsonSerializer<?> own) {
                        return isPgObject(bean.getBeanClass())
                                ? new PgObjects(bean.getType())
                                : own;
                    }
                });
    }

    private static boolean isPgObject(Class<?> type) {
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            if (each.getName().equals(PG_OBJECT)) {
                return true;
            }
        }
        return false;
    }

    /** As an array of its elements. */
    private static final class Arrays extends StdSerializer<Array> {
        private static final long serialVersionUID = 1L;

        Arrays() {
            super(Array.class);
        }

        @Override
        public void serialize(Array array, JsonGenerator json, SerializerProvider types)
                throws IOException {
            try {
                types.defaultSerializeValue(array.getArray(), json);
            } catch (SQLException e) {
                throw new IOException("an array of the database can't be read", e);
            }
        }
    }

    /** JSON as it is, and anything else as its text: intervals, points, enumerations. */
    private static final class PgObjects extends StdSerializer<Object> {
        private static final long serialVersionUID = 1L;

        PgObjects(JavaType type) {
            super(type);
        }

        @Override
        public void serialize(Object value, JsonGenerator json, SerializerProvider types)
                throws IOException {
            var text = read(value, "getValue");
            if (text == null) {
                json.writeNull();
            } else if (JSON_TYPES.contains(read(value, "getType"))) {
                json.writeRawValue(text);
            } else {
                json.writeString(text);
            }
        }

        private static String read(Object value, String method) throws IOException {
            try {
                return (String) value.getClass().getMethod(method).invoke(value);
            } catch (ReflectiveOperationException e) {
                throw new IOException("a value of PostgreSQL can't be read", e);
            }
        }
    }
}
