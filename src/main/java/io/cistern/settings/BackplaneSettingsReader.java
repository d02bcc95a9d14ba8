package io.cistern.settings;

import static io.cistern.settings.Setting.CISTERN_BACKPLANE;
import static io.cistern.settings.Setting.CISTERN_BACKPLANE_TOPIC;
import static io.cistern.settings.Setting.CISTERN_DLQ;
import static io.cistern.settings.Setting.CISTERN_KAFKA_TOPIC;
import static io.cistern.settings.Setting.CISTERN_REGION;
import static io.cistern.settings.Setting.KAFKA_BROKERS;

import java.util.Locale;

/** Puts the settings of the backplane together, and tells what else they need. */
final class BackplaneSettingsReader {

    private final SettingsReader reader;

    BackplaneSettingsReader(SettingsReader reader) {
        this.reader = reader;
    }

    /**
     * @param store where entries are kept
     * @param redis which Redis
     * @param feeds where events come from
     */
    BackplaneSettings read(StoreSettings store, RedisSettings redis, FeedSettings feeds) {
        var settings =
                new BackplaneSettings(
                        reader.value(CISTERN_BACKPLANE, BackplaneSettingsReader::kind),
                        reader.optional(CISTERN_REGION, BackplaneSettingsReader::region),
                        reader.value(CISTERN_BACKPLANE_TOPIC, FeedValues::topic));
        if (settings.crossesRegions()) {
            check(settings, store, redis, feeds);
        } else if (reader.isSet(CISTERN_REGION)) {
            reader.mistake(CISTERN_REGION, "needs CISTERN_BACKPLANE=kafka");
        }
        return settings;
    }

    private void check(
            BackplaneSettings settings,
            StoreSettings store,
            RedisSettings redis,
            FeedSettings feeds) {
        if (!reader.isSet(KAFKA_BROKERS)) {
            reader.mistake(CISTERN_BACKPLANE, "kafka needs KAFKA_BROKERS beside it");
        }
        if (!reader.isSet(CISTERN_REGION)) {
            reader.mistake(CISTERN_BACKPLANE, "kafka needs CISTERN_REGION beside it");
        }
        if (store.type() == StoreSettings.Type.MEMORY || !redis.named()) {
            // Of instances that share no Redis each would take a part of what others tell.
            reader.mistake(
                    CISTERN_BACKPLANE,
                    "kafka needs a Redis that the instances of a region share; expected REDIS_HOST"
                            + " or another name of one, and no CACHE_TYPE=memory");
        }
        differs(settings, feeds.kafka().topic(), CISTERN_KAFKA_TOPIC);
        differs(settings, feeds.deadLetters(), CISTERN_DLQ);
    }

    private void differs(BackplaneSettings settings, String topic, Setting other) {
        if (settings.topic().equals(topic)) {
            reader.mistake(
                    CISTERN_BACKPLANE_TOPIC,
                    Quoted.value(topic) + " is " + other + " as well; expected another topic");
        }
    }

    private static BackplaneSettings.Kind kind(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "redis" -> BackplaneSettings.Kind.REDIS;
            case "kafka" -> BackplaneSettings.Kind.KAFKA;
            default ->
                    throw new IllegalArgumentException(
                            Quoted.value(text) + " is no backplane; expected redis or kafka");
        };
    }

    private static String region(String text) {
        return Values.matching(
                Values.NAMESPACE,
                text,
                " is no name of a region; expected 1 to 64 of A-Z a-z 0-9 . _ -");
    }
}
