package io.cistern.cache.simulation;

import io.cistern.cache.entry.Entry;
import io.cistern.cache.spi.Loader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** An origin whose every call a test decides on, and that remembers all calls. */
public final class FakeOrigin implements Loader {

    /** What becomes of a call. */
    @FunctionalInterface
    public interface Script {
        /** Called as the call begins; may answer it now, later, or never; may throw. */
        void begun(Ask ask);
    }

    private final List<Ask> asks = new ArrayList<>();
    private Script script;

    /**
     * @param script what becomes of each call
     */
    public FakeOrigin(Script script) {
        this.script = script;
    }

    /** Answers each call at once, every key with a text that names the key and the call. */
    public static FakeOrigin immediate() {
        return new FakeOrigin(Ask::answer);
    }

    /** Leaves every call to the test. */
    public static FakeOrigin patient() {
        return new FakeOrigin(ask -> {});
    }

    public void script(Script next) {
        script = next;
    }

    @Override
    public Call load(Request request) {
        var ask = new Ask(asks.size(), request);
        asks.add(ask);
        script.begun(ask);
        return ask;
    }

    /** How often it was called. */
    public int calls() {
        return asks.size();
    }

    /** A call, by its number. */
    public Ask call(int number) {
        return asks.get(number);
    }

    /** The newest call. */
    public Ask last() {
        return asks.get(asks.size() - 1);
    }

    /** A value of plain text. */
    public static Value text(String text) {
        return value(text.getBytes(StandardCharsets.UTF_8), List.of(), null);
    }

    /** A value of plain text with tags. */
    public static Value tagged(String text, String... tags) {
        return value(text.getBytes(StandardCharsets.UTF_8), List.of(tags), null);
    }

    /** A value of plain text that bears the origin's version of it. */
    public static Value versioned(String text, long version) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Value(bytes, "text/plain", false, null, List.of(), null, version);
    }

    public static Value value(byte[] bytes, List<String> tags, Duration ttl) {
        return new Value(bytes, "text/plain", false, ttl, tags, null, Entry.NO_VERSION);
    }

    /** The origin has no such value. */
    public static Value none() {
        return none(null);
    }

    /**
     * The origin has no such value.
     *
     * @param ttl how long that is known
     */
    public static Value none(Duration ttl) {
        return new Value(new byte[0], "", true, ttl, List.of(), null, Entry.NO_VERSION);
    }

    /** A call under way. */
    public static final class Ask implements Call {
        private final int number;
        private final Request request;
        private final CompletableFuture<Map<String, Value>> values = new CompletableFuture<>();
        private int expiries;

        Ask(int number, Request request) {
            this.number = number;
            this.request = request;
        }

        public int number() {
            return number;
        }

        public Request request() {
            return request;
        }

        public List<String> keys() {
            return request.keys();
        }

        /** The text that {@link #answer()} gives for a key. */
        public String textOf(String key) {
            return key + "#" + number;
        }

        /** Answers every key with its text. */
        public void answer() {
            answer(key -> text(textOf(key)));
        }

        /** Answers every key with the same value. */
        public void answer(Value value) {
            answer(key -> value);
        }

        /** Answers every key for which there is something. */
        public void answer(Function<String, Value> value) {
            Map<String, Value> found = new HashMap<>();
            for (var key : request.keys()) {
                var one = value.apply(key);
                if (one != null) {
                    found.put(key, one);
                }
            }
            answerAll(found);
        }

        /** Answers with exactly this, null included. */
        public void answerAll(Map<String, Value> all) {
            values.complete(all);
        }

        public void fail(Throwable error) {
            values.completeExceptionally(error);
        }

        public boolean isAnswered() {
            return values.isDone();
        }

        /** How often the engine said that the hard time-out passed. */
        public int expiries() {
            return expiries;
        }

        @Override
        public CompletionStage<Map<String, Value>> values() {
            return values;
        }

        @Override
        public void expire() {
            expiries++;
        }
    }
}
