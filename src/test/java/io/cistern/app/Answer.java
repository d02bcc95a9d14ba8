package io.cistern.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What an instance answered, and how long that took. */
public record Answer(int status, HttpHeaders headers, byte[] body, Duration took) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** A header; empty where there is none. */
    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    public String cacheStatus() {
        return header("Cache-Status");
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    public JsonNode json() {
        try {
            return JSON.readTree(text());
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON: " + this, e);
        }
    }

    /** Whether it is a problem with that status (RFC 9457). */
    public boolean isProblem(int expected) {
        return status == expected
                && header("Content-Type").equals("application/problem+json")
                && json().path("status").asInt() == expected;
    }

    @Override
    public String toString() {
        return status + " [" + cacheStatus() + "] " + headers.map() + " " + text();
    }
}
