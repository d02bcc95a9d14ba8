package io.cistern.invalidation.feed;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What no feed can follow, and what people read about it. */
enum BadInput {
    NOT_JSON("{cache: items}", "body: is not JSON"),
    WRONG_TYPES("{\"cache\":\"items\",\"keys\":\"1\"}", "keys"),
    UNKNOWN_CACHE("{\"cache\":\"itmes\",\"keys\":[\"1\"]}", "there is no cache \"itmes\""),
    NOTHING_NAMED("{\"cache\":\"items\"}", "names nothing to invalidate"),
    EMPTY("", "body: is empty"),
    EARLY("{\"cache\":\"items\",\"keys\":[\"1\"],\"occurredAt\":\"0001-01-01T00:00:00Z\"}", "2000"),
    LATE(
            "{\"cache\":\"items\",\"keys\":[\"1\"],\"occurredAt\":\"9999-01-01T00:00:00Z\"}",
            "future"),
    NO_TIME("{\"cache\":\"items\",\"keys\":[\"1\"],\"occurredAt\":\"soon\"}", "expected a time"),
    LONG("x".repeat(2 * 1024 * 1024), "body"),
    INVALID_UTF8(new byte[] {'"', (byte) 0xc3, (byte) 0x28, '"'}, "no valid UTF-8");

    /** Takes keys to name by the step. */
    static final int MANY = 100_000;

    private final byte[] body;
    private final String reason;

    BadInput(String body, String reason) {
        this(body.getBytes(StandardCharsets.UTF_8), reason);
    }

    BadInput(byte[] body, String reason) {
        this.body = body;
        this.reason = reason;
    }

    byte[] body() {
        return body;
    }

    /** Part of what is said. */
    String reason() {
        return reason;
    }

    boolean isCutBy(int broker) {
        return body.length > broker;
    }

    boolean isBody(byte[] found) {
        return Arrays.equals(body, found);
    }

    /** An event that is large, but can be followed. */
    static String manyKeys() {
        return IntStream.range(0, MANY)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining("\",\"", "{\"cache\":\"items\",\"keys\":[\"", "\"]}"));
    }
}
