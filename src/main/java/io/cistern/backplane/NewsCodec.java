package io.cistern.backplane;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.cistern.cache.order.Change;
import io.cistern.cache.order.Position;
import io.cistern.cache.spi.Backplane.News;
import io.cistern.cache.spi.Partition;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * News as text and back. A message is JSON in ASCII, {@code {"cistern":1,"from":"…","news":[…]}}:
 * the format's number, who sent it, and arrays {@code ["evicted", cache, index, generation,
 * version, all, keys, tags, patterns]}, the same with {@code "expired"}, and {@code ["ended",
 * cache, index, key]}. All that is not ASCII is escaped, so that even half of a surrogate pair
 * arrives as it was.
 */
final class NewsCodec {
    /** How long a message may be. */
    static final int LARGEST_MESSAGE = 64 << 10;

    private static final int FORMAT = 1;
    private static final String EVICTED = "evicted";
    private static final String EXPIRED = "expired";
    private static final String ENDED = "ended";

    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final String sender;
    private final String head;

    /**
     * @param sender tells this instance from all others; of letters and digits
     */
    NewsCodec(String sender) {
        this.sender = sender;
        this.head = "{\"cistern\":" + FORMAT + ",\"from\":\"" + sender + "\",\"news\":[";
    }

    /** What a message turned out to be. */
    enum Kind {
        NEWS,
        /** Sent by this instance itself. */
        OWN,
        OTHER_FORMAT,
        UNREADABLE
    }

    /**
     * @param news in the order in which they were sent; empty unless the kind is NEWS
     */
    record Message(Kind kind, List<News> news) {
        private static Message without(Kind kind) {
            return new Message(kind, List.of());
        }
    }

    /** One piece of news as text; empty if it is too large to be sent. */
    Optional<String> encode(News news) {
        if (names(news) > LARGEST_MESSAGE) {
            return Optional.empty();
        }
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            json.writeStartArray();
            write(news, json);
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var encoded = text.toString();
        return length(encoded.length()) > LARGEST_MESSAGE ? Optional.empty() : Optional.of(encoded);
    }

    /** How long a message is whose pieces and the commas between them have that length. */
    int length(int pieces) {
        return head.length() + pieces + 2;
    }

    /**
     * @param encoded pieces of news as {@link #encode} gave them
     */
    String message(List<String> encoded) {
        var text = new StringBuilder(head);
        text.append(String.join(",", encoded));
        return text.append("]}").toString();
    }

    /** Reads what came over the channel, whatever it is. */
    Message decode(String message) {
        if (message == null || message.length() > LARGEST_MESSAGE) {
            return Message.without(Kind.UNREADABLE);
        }
        try (var json = JSON.createParser(message)) {
            return read(json);
        } catch (IOException | IllegalArgumentException e) {
            return Message.without(Kind.UNREADABLE);
        }
    }

    /** Characters of all names, which is less than their encoded form takes. */
    private static long names(News news) {
        if (news instanceof News.Changed changed) {
            var change = changed.change();
            return length(change.keys()) + length(change.tags()) + length(change.patterns());
        }
        return ((News.Ended) news).key().length();
    }

    private static long length(Set<String> names) {
        return names.stream().mapToLong(String::length).sum();
    }

    private static void write(News news, JsonGenerator json) throws IOException {
        json.writeString(type(news));
        json.writeString(news.partition().cache());
        json.writeNumber(news.partition().index());
        if (news instanceof News.Changed changed) {
            json.writeNumber(changed.at().generation());
            json.writeNumber(changed.at().version());
            json.writeBoolean(changed.change().all());
            write(changed.change().keys(), json);
            write(changed.change().tags(), json);
            write(changed.change().patterns(), json);
        } else {
            json.writeString(((News.Ended) news).key());
        }
    }

    private static String type(News news) {
        if (news instanceof News.Changed changed) {
            return changed.change().isEviction() ? EVICTED : EXPIRED;
        }
        return ENDED;
    }

    private static void write(Collection<String> names, JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (var name : names) {
            json.writeString(name);
        }
        json.writeEndArray();
    }

    private Message read(JsonParser json) throws IOException {
        expect(JsonToken.START_OBJECT, json.nextToken());
        field("cistern", json);
        if (integer(json) != FORMAT) {
            return Message.without(Kind.OTHER_FORMAT);
        }
        field("from", json);
        if (text(json).equals(sender)) {
            return Message.without(Kind.OWN);
        }
        field("news", json);
        expect(JsonToken.START_ARRAY, json.nextToken());
        var news = new ArrayList<News>();
        while (json.nextToken() == JsonToken.START_ARRAY) {
            news.add(piece(json));
            expect(JsonToken.END_ARRAY, json.nextToken());
        }
        expect(JsonToken.END_ARRAY, json.currentToken());
        expect(JsonToken.END_OBJECT, json.nextToken());
        expect(null, json.nextToken());
        return new Message(Kind.NEWS, news);
    }

    private static News piece(JsonParser json) throws IOException {
        var type = text(json);
        var partition = new Partition(text(json), (int) integer(json, Integer.MAX_VALUE));
        return switch (type) {
            case EVICTED -> changed(partition, Change.Mode.EVICT, json);
            case EXPIRED -> changed(partition, Change.Mode.EXPIRE, json);
            case ENDED -> new News.Ended(partition, text(json));
            default -> throw new IllegalArgumentException("no such news");
        };
    }

    private static News changed(Partition partition, Change.Mode mode, JsonParser json)
            throws IOException {
        var at = new Position(integer(json), integer(json, Position.VERSIONS_END));
        var all = truth(json);
        var change = new Change(mode, names(json), names(json), names(json), all);
        return new News.Changed(partition, change, at);
    }

    private static Set<String> names(JsonParser json) throws IOException {
        expect(JsonToken.START_ARRAY, json.nextToken());
        var names = new HashSet<String>();
        while (json.nextToken() == JsonToken.VALUE_STRING) {
            names.add(json.getText());
        }
        expect(JsonToken.END_ARRAY, json.currentToken());
        return names;
    }

    private static void field(String name, JsonParser json) throws IOException {
        expect(JsonToken.FIELD_NAME, json.nextToken());
        if (!name.equals(json.currentName())) {
            throw new IllegalArgumentException("no such field");
        }
    }

    private static String text(JsonParser json) throws IOException {
        expect(JsonToken.VALUE_STRING, json.nextToken());
        return json.getText();
    }

    private static long integer(JsonParser json) throws IOException {
        expect(JsonToken.VALUE_NUMBER_INT, json.nextToken());
        return json.getLongValue();
    }

    private static long integer(JsonParser json, long end) throws IOException {
        long value = integer(json);
        if (value < 0 || value >= end) {
            throw new IllegalArgumentException("out of range");
        }
        return value;
    }

    private static boolean truth(JsonParser json) throws IOException {
        var token = json.nextToken();
        if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
            return token == JsonToken.VALUE_TRUE;
        }
        throw new IllegalArgumentException("neither true nor false");
    }

    private static void expect(JsonToken expected, JsonToken actual) {
        if (actual != expected) {
            throw new IllegalArgumentException("another token");
        }
    }
}
