package io.cistern.warming.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.cistern.component.JsonBodies;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.BaseStream;
import org.apache.camel.Exchange;
import org.apache.camel.StreamCache;
import org.apache.camel.WrappedFile;

/** Items of the body that a source left in an exchange. */
final class BodyItems {

    private static final String OCTETS = "application/octet-stream";
    private static final String TEXT = "text/plain; charset=utf-8";

    private final Keys keys;
    private final Exchange exchange;

    BodyItems(Keys keys, Exchange exchange) {
        this.keys = keys;
        this.exchange = exchange;
    }

    /**
     * @param resources to be closed in the end
     * @throws Exception if the body can't be read
     */
    Feed feed(Closeable resources) throws Exception {
        var body = exchange.getMessage().getBody();
        if (body == null) {
            return of(Arrays.<Object>asList().iterator(), OptionalLong.of(0), resources);
        }
        if (body instanceof Collection<?> many) {
            return of(many.iterator(), OptionalLong.of(many.size()), resources);
        }
        if (body instanceof Map<?, ?> one) {
            return of(Arrays.<Object>asList(one).iterator(), OptionalLong.of(1), resources);
        }
        if (body instanceof Iterable<?> many && !(body instanceof Path)) {
            return of(many.iterator(), OptionalLong.empty(), resources);
        }
        if (body instanceof Iterator<?> many) {
            return of(many, OptionalLong.empty(), resources);
        }
        if (body instanceof BaseStream<?, ?> many) {
            return of(
                    many.iterator(),
                    OptionalLong.empty(),
                    () -> {
                        many.close();
                        resources.close();
                    });
        }
        if (body instanceof Object[] many) {
            return of(Arrays.asList(many).iterator(), OptionalLong.of(many.length), resources);
        }
        var text = text(body);
        return new Feed(
                TextItems.of(text, keys, isCsv(body)),
                OptionalLong.empty(),
                () -> {
                    text.close();
                    resources.close();
                });
    }

    private Feed of(Iterator<?> items, OptionalLong total, Closeable resources) {
        return new Feed(new Mapped<Object>(items, this::item), total, resources);
    }

    private InputStream text(Object body) throws Exception {
        if (body instanceof byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }
        if (body instanceof CharSequence text) {
            return new ByteArrayInputStream(text.toString().getBytes(UTF_8));
        }
        if (body instanceof StreamCache cache) {
            cache.reset();
        }
        return exchange.getContext()
                .getTypeConverter()
                .mandatoryConvertTo(InputStream.class, exchange, body);
    }

    private boolean isCsv(Object body) {
        var type = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class);
        if (type != null && type.strip().toLowerCase(Locale.ROOT).startsWith("text/csv")) {
            return true;
        }
        var name =
                body instanceof WrappedFile<?>
                        ? exchange.getMessage().getHeader(Exchange.FILE_NAME, String.class)
                        : null;
        return name != null && name.toLowerCase(Locale.ROOT).endsWith(".csv");
    }

    private Item item(Object item) {
        if (item instanceof Map<?, ?> row) {
            return TextItems.of(row, keys);
        }
        if (item instanceof Map.Entry<?, ?> pair) {
            return pair(pair);
        }
        if (keys.ofRows()) {
            if (item instanceof byte[] json) {
                return keys.ofJson(json, JsonBodies.TYPE);
            }
            return item instanceof CharSequence json
                    ? keys.ofJson(json.toString().getBytes(UTF_8), JsonBodies.TYPE)
                    : bean(item);
        }
        if (item instanceof byte[] bytes) {
            return Keys.key(new String(bytes, UTF_8));
        }
        return Keys.isScalar(item)
                ? Keys.key(item.toString())
                : new Item.Garbage(
                        "a key is text or a number, not "
                                + (item == null ? "null" : item.getClass().getName()));
    }

    /** A key with its value, ready. */
    private Item pair(Map.Entry<?, ?> pair) {
        if (!keys.ofRows()) {
            return new Item.Garbage("a pair where a key is expected: with keyField it is stored");
        }
        if (!Keys.isScalar(pair.getKey()) || pair.getValue() == null) {
            return keys.without();
        }
        var key = pair.getKey().toString();
        if (pair.getValue() instanceof byte[] value) {
            var type = exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class);
            return Keys.row(key, value, type == null ? OCTETS : type, null);
        }
        if (pair.getValue() instanceof CharSequence text) {
            return Keys.row(key, text.toString().getBytes(UTF_8), TEXT, null);
        }
        try {
            return Keys.row(
                    key, JsonBodies.write(pair.getValue()), JsonBodies.TYPE, pair.getValue());
        } catch (JsonProcessingException e) {
            return new Item.Garbage(
                    "a row that can't be written as JSON: " + e.getOriginalMessage());
        }
    }

    /** Anything else is a row if its JSON is an object. */
    private Item bean(Object item) {
        try {
            return item == null
                    ? new Item.Garbage("null where a row is expected")
                    : keys.ofJson(JsonBodies.write(item), JsonBodies.TYPE);
        } catch (JsonProcessingException e) {
            return new Item.Garbage(
                    "a row that can't be written as JSON: " + e.getOriginalMessage());
        }
    }
}
