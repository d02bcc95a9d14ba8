package io.cistern.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Parsers of what feeds are set by. Each throws IllegalArgumentException: what is wrong. */
final class FeedValues {
    /** What Kafka takes for a topic. */
    private static final Pattern TOPIC = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");

    private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}\\s]{1,255}");
    private static final Pattern BROKER =
            Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[^\\s\\[\\]:/?#@,]+):(\\d{1,5})");
    private static final Pattern BEAN = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,99}");
    private static final Pattern DESTINATION =
            Pattern.compile("(?:(queue|topic):)?([^\\p{Cntrl}\\s:?&]{1,255})");
    private static final Pattern ARTEMIS =
            Pattern.compile("\\(?(tcp|vm|jgroups|udp|static|failover):.+", Pattern.DOTALL);

    private FeedValues() {}

    static String brokers(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .map(FeedValues::broker)
                .collect(Collectors.joining(","));
    }

    private static String broker(String text) {
        var matcher = BROKER.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    Quoted.value(text) + " is no broker; expected host:port,host:port");
        }
        Values.port().apply(matcher.group(2));
        return text;
    }

    static String topic(String text) {
        return matching(
                TOPIC, text, " is no name of a topic; expected 1 to 249 of A-Z a-z 0-9 . _ -");
    }

    static String name(String text) {
        return matching(NAME, text, " is no name; expected 1 to 255 characters without spaces");
    }

    static String bean(String text) {
        return matching(
                BEAN,
                text,
                " is no name of a bean; expected that of one in config/application.properties");
    }

    static JmsSettings.Destination destination(String text) {
        var matcher = DESTINATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    Quoted.value(text) + " is no destination; expected a queue, or topic:name");
        }
        return new JmsSettings.Destination("topic".equals(matcher.group(1)), matcher.group(2));
    }

    /** Nothing of it is quoted, for its parameters may hold passwords. */
    static Secret artemis(String text) {
        if (!ARTEMIS.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "is no URL of an Artemis; expected tcp://host:port, or for another broker its"
                            + " connection factory by CISTERN_JMS_CONNECTION_FACTORY");
        }
        return Secret.of(text);
    }

    static KafkaSettings.Mechanism mechanism(String text) {
        return Arrays.stream(KafkaSettings.Mechanism.values())
                .filter(each -> each.text().equals(text.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        Quoted.value(text)
                                                + " is not served; expected PLAIN, SCRAM-SHA-256 or"
                                                + " SCRAM-SHA-512"));
    }

    private static String matching(Pattern pattern, String text, String otherwise) {
        if (!pattern.matcher(text).matches()) {
            throw new IllegalArgumentException(Quoted.value(text) + otherwise);
        }
        return text;
    }
}
