package io.cistern.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BackplaneSettingsTest {

    private static final Map<String, String> COMPLETE =
            Map.of(
                    "CISTERN_BACKPLANE", "kafka",
                    "CISTERN_REGION", "eu-west",
                    "KAFKA_BROKERS", "a:9092",
                    "REDIS_HOST", "redis.eu");

    @Test
    void thereIsOneRegionUnlessSomebodySaysOtherwise() {
        var backplane = load(Map.of()).backplane();

        assertThat(backplane.crossesRegions()).isFalse();
        assertThat(backplane.region()).isEmpty();
    }

    @Test
    void readsRegionAndTopic() {
        var backplane = load(COMPLETE).backplane();

        assertThat(backplane.crossesRegions()).isTrue();
        assertThat(backplane.region()).contains("eu-west");
        assertThat(backplane.topic()).isEqualTo("cistern.backplane");
        assertThat(load(with("CISTERN_BACKPLANE_TOPIC", "changes")).backplane().topic())
                .isEqualTo("changes");
    }

    @Test
    void saysWhatKafkaNeeds() {
        assertThat(mistakes(without("KAFKA_BROKERS")))
                .containsExactly("CISTERN_BACKPLANE: kafka needs KAFKA_BROKERS beside it");
        assertThat(mistakes(without("CISTERN_REGION")))
                .containsExactly("CISTERN_BACKPLANE: kafka needs CISTERN_REGION beside it");
        var noRedis =
                "CISTERN_BACKPLANE: kafka needs a Redis that the instances of a region share;"
                        + " expected REDIS_HOST or another name of one, and no CACHE_TYPE=memory";
        assertThat(mistakes(without("REDIS_HOST"))).containsExactly(noRedis);
        assertThat(mistakes(with("CACHE_TYPE", "memory"))).containsExactly(noRedis);
    }

    @Test
    void refusesWhatCantBe() {
        assertThat(mistakes(Map.of("CISTERN_REGION", "eu")))
                .containsExactly("CISTERN_REGION: needs CISTERN_BACKPLANE=kafka");
        assertThat(mistakes(with("CISTERN_REGION", "eu west")))
                .containsExactly(
                        "CISTERN_REGION: \"eu west\" is no name of a region; expected 1 to 64 of"
                                + " A-Z a-z 0-9 . _ -");
        assertThat(mistakes(with("CISTERN_BACKPLANE_TOPIC", "cistern.invalidations")))
                .containsExactly(
                        "CISTERN_BACKPLANE_TOPIC: \"cistern.invalidations\" is"
                                + " CISTERN_KAFKA_TOPIC as well; expected another topic");
        assertThat(mistakes(with("CISTERN_DLQ", "cistern.backplane")))
                .containsExactly(
                        "CISTERN_BACKPLANE_TOPIC: \"cistern.backplane\" is CISTERN_DLQ as well;"
                                + " expected another topic");
    }

    private static Map<String, String> with(String name, String value) {
        var all = new HashMap<>(COMPLETE);
        all.put(name, value);
        return all;
    }

    private static Map<String, String> without(String name) {
        var all = new HashMap<>(COMPLETE);
        all.remove(name);
        return all;
    }

    private static Settings load(Map<String, String> environment) {
        return Settings.load(environment, Path.of("nonexistent"));
    }

    private static List<String> mistakes(Map<String, String> environment) {
        return Mistakes.of(environment, Path.of("nonexistent"));
    }
}
