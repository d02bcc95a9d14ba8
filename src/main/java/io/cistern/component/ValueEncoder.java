package io.cistern.component;

import io.cistern.cache.Codecs;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.StreamCache;
import org.apache.camel.WrappedFile;

/**
 * Writes bodies as the bytes of values, as a cache's codecs say. Only what is bytes by its nature
 * is read as bytes: Camel's type converters are not asked for others, since what they make of an
 * object is theirs to choose, Java's serialization among it.
 */
final class ValueEncoder {

    private static final String BINARY = "application/octet-stream";
    private static final String TEXT = "text/plain; charset=utf-8";

    private final CamelContext context;
    private final String cache;
    private final Codecs codecs;

    /**
     * @param cache its name, for messages
     * @param codecs of its values
     */
    ValueEncoder(CamelContext context, String cache, Codecs codecs) {
        this.context = context;
        this.cache = cache;
        this.codecs = codecs;
    }

    /** What is stored: bytes and their media type. */
    record Encoded(byte[] bytes, String type) {}

    /**
     * The value that a body stands for.
     *
     * @param key whose value it is
     * @param declared the media type that its route says; null or blank for none
     * @param room what its bytes are taken from
     * @throws IllegalArgumentException if the key's codec does not take it; the message names
     *     cache, key and what it is
     * @throws Exception if it can't be read or written as JSON
     */
    Encoded encode(
            String key, Object body, String declared, Exchange exchange, LoadBudget.Share room)
            throws Exception {
        var type = declared == null || declared.isBlank() ? null : declared;
        var bytes = bytes(body, exchange, room);
        return switch (codecs.of(key)) {
            case BINARY -> binary(key, body, bytes, type);
            case JSON -> bytes == null ? json(body, type, room) : checked(key, bytes, type);
            case AS_IS -> bytes == null ? json(body, type, room) : asIs(body, bytes, type);
        };
    }

    private Encoded binary(String key, Object body, byte[] bytes, String type) {
        if (bytes == null) {
            throw new IllegalArgumentException(
                    "%s: the codec binary takes bytes, text, a stream or a file, not %s"
                            .formatted(place(key), body.getClass().getName()));
        }
        return new Encoded(bytes, type == null ? BINARY : type);
    }

    private Encoded checked(String key, byte[] bytes, String type) {
        JsonBodies.mistake(bytes)
                .ifPresent(
                        mistake -> {
                            throw new IllegalArgumentException(
                                    "%s: the codec json takes no such bytes: %s"
                                            .formatted(place(key), mistake));
                        });
        return new Encoded(bytes, JsonBodies.typeOr(type));
    }

    private static Encoded json(Object body, String type, LoadBudget.Share room) throws Exception {
        var bytes = JsonBodies.write(body);
        room.take(bytes.length);
        return new Encoded(bytes, JsonBodies.typeOr(type));
    }

    private static Encoded asIs(Object body, byte[] bytes, String type) {
        return new Encoded(
                bytes, type != null ? type : body instanceof CharSequence ? TEXT : BINARY);
    }

    private String place(String key) {
        return "cache " + cache + ", key " + key;
    }

    /** The bytes of what is bytes or text; null for anything else. */
    byte[] bytes(Object body, Exchange exchange, LoadBudget.Share room)
            throws NoTypeConversionAvailableException, IOException {
        if (body instanceof byte[] bytes) {
            room.take(bytes.length);
            return bytes;
        }
        if (body instanceof CharSequence text) {
            var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            room.take(bytes.length);
            return bytes;
        }
        if (body instanceof StreamCache cache) {
            cache.reset();
        }
        if (body instanceof InputStream
                || body instanceof StreamCache
                || body instanceof ByteBuffer
                || body instanceof WrappedFile
                || body instanceof File) {
            var converter = context.getTypeConverter();
            try (var in = converter.mandatoryConvertTo(InputStream.class, exchange, body)) {
                return room.read(in);
            }
        }
        return null;
    }
}
