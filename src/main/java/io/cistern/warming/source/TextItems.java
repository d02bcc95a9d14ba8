package io.cistern.warming.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.cistern.component.JsonBodies;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Iterator;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;

/**
 * Items of a text, which may be a JSON array, JSON lines, CSV with a header line, or a key in each
 * line. The first character tells which of these it is; what is no JSON is CSV where rows are
 * wanted or its name or media type says so.
 */
final class TextItems {

    private static final int PEEKED = 4096;

    private TextItems() {}

    /**
     * @param text in UTF-8
     * @param isCsv whether its name or media type says so
     */
    static Iterator<Item> of(InputStream text, Keys keys, boolean isCsv) throws IOException {
        var in = new BufferedInputStream(text, 64 << 10);
        var first = first(in);
        if (first == '[') {
            return new Mapped<>(new JsonSlices(in), json -> keys.ofJson(json, JsonBodies.TYPE));
        }
        if (first == '{' || first == '"') {
            return new Mapped<>(new Lines(in), json -> keys.ofJson(json, JsonBodies.TYPE));
        }
        if (first == '<') {
            // A page such as that of a login comes with status 200: its lines are no keys.
            throw new IOException(
                    "it answers with a page or XML; expected JSON, JSON lines, CSV or plain text");
        }
        if (keys.ofRows() || isCsv) {
            return csv(in, keys);
        }
        return new Mapped<>(new Lines(in), TextItems::key);
    }

    /** A line of what is no text at all must not be asked of the origin. */
    private static Item key(byte[] line) {
        try {
            var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
            return text.chars().anyMatch(Character::isISOControl)
                    ? new Item.Garbage("control characters where a key is expected")
                    : Keys.key(text);
        } catch (CharacterCodingException e) {
            return new Item.Garbage("no UTF-8 where a key is expected");
        }
    }

    /** The first character that counts, past spaces and a byte order mark; 0 for an empty text. */
    private static int first(InputStream in) throws IOException {
        skipMark(in);
        in.mark(PEEKED);
        var first = in.read();
        for (var i = 1; i < PEEKED && first >= 0 && first <= ' '; i++) {
            first = in.read();
        }
        in.reset();
        return Math.max(first, 0);
    }

    private static void skipMark(InputStream in) throws IOException {
        in.mark(3);
        if (in.read() != 0xEF || in.read() != 0xBB || in.read() != 0xBF) {
            in.reset();
        }
    }

    private static Iterator<Item> csv(InputStream in, Keys keys) throws IOException {
        var format =
                CSVFormat.DEFAULT
                        .builder()
                        .setHeader()
                        .setSkipHeaderRecord(true)
                        .setIgnoreEmptyLines(true)
                        .setIgnoreSurroundingSpaces(true)
                        .get();
        var parser = CSVParser.parse(new InputStreamReader(in, UTF_8), format);
        return new Mapped<>(
                parser.iterator(),
                line -> {
                    if (!line.isConsistent()) {
                        return new Item.Garbage(
                                "line %d has %d fields, the header %d"
                                        .formatted(
                                                line.getRecordNumber() + 1,
                                                line.size(),
                                                parser.getHeaderNames().size()));
                    }
                    return of(line.toMap(), keys);
                });
    }

    /** A row that is a map. */
    static Item of(Map<?, ?> row, Keys keys) {
        if (!keys.ofRows()) {
            if (row.size() != 1) {
                return Keys.severalFields();
            }
            var only = row.values().iterator().next();
            return Keys.isScalar(only)
                    ? Keys.key(only.toString())
                    : new Item.Garbage("neither text nor a number where a key is expected");
        }
        var key = keys.of(row);
        if (key == null) {
            return keys.without();
        }
        try {
            return Keys.row(key, JsonBodies.write(row), JsonBodies.TYPE, row);
        } catch (JsonProcessingException e) {
            return new Item.Garbage(
                    "a row that can't be written as JSON: " + e.getOriginalMessage());
        }
    }
}
