package io.cistern.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.order.Change;
import io.cistern.invalidation.event.InvalidationEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCodecTest {

    private static final Instant AT = Instant.parse("2026-11-21T10:00:00Z");

    private static List<InvalidationEvent> through(Change change) {
        return RecordCodec.decode(RecordCodec.encode(new Told("items", change)), AT);
    }

    @Test
    void keysArriveAsTheyWere() {
        var odd = "ä/\"\uD83D \n";

        var event = through(Change.key(odd)).get(0);

        assertThat(event.cache()).isEqualTo("items");
        assertThat(event.keys()).containsExactly(odd);
        assertThat(event.mode()).isEqualTo(InvalidationEvent.Mode.EVICT);
        assertThat(event.occurredAt()).isEqualTo(AT);
        assertThat(event.originVersion()).isEmpty();
    }

    @Test
    void eachKeyKeepsTheOriginsVersionOfIt() {
        var change =
                new Change(
                        Change.Mode.EXPIRE,
                        Set.of("a", "b", "c"),
                        Map.of("b", 7L, "c", 9L),
                        Set.of(),
                        Set.of(),
                        false);

        var events = through(change);

        assertThat(events).allMatch(it -> it.mode() == InvalidationEvent.Mode.EXPIRE);
        assertThat(events)
                .extracting(InvalidationEvent::originVersion)
                .containsExactlyInAnyOrder(
                        OptionalLong.empty(), OptionalLong.of(7), OptionalLong.of(9));
        assertThat(events)
                .filteredOn(it -> it.originVersion().equals(OptionalLong.of(7)))
                .extracting(InvalidationEvent::keys)
                .containsExactly(List.of("b"));
    }

    @Test
    void tagsPatternsAndWholeCachesArrive() {
        var events = through(new Change(Set.of(), Set.of("t", "u"), Set.of("a*", "b*"), false));

        assertThat(events.get(0).tags()).containsExactlyInAnyOrder("t", "u");
        assertThat(events).extracting(InvalidationEvent::pattern).contains("a*", "b*");
        assertThat(through(Change.everything()).get(0).all()).isTrue();
    }

    @Test
    void aRecordThatSaysNothingIsNoEvent() {
        assertThat(RecordCodec.decode(RecordCodec.nothing(), AT)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "[]",
                "{}",
                "{\"cistern\":2}",
                "{\"cistern\":1",
                "{\"cistern\":1}{}",
                "{\"cistern\":1,\"cache\":\"c\"}",
                "{\"cistern\":1,\"cache\":\"c\",\"mode\":\"forget\",\"all\":true,\"keys\":{},"
                        + "\"tags\":[],\"patterns\":[]}",
                "{\"cistern\":1,\"cache\":\"c\",\"mode\":\"evict\",\"all\":false,\"keys\":{},"
                        + "\"tags\":[],\"patterns\":[]}",
                "{\"cistern\":1,\"cache\":\"c\",\"mode\":\"evict\",\"all\":false,\"keys\":"
                        + "{\"a\":\"b\"},\"tags\":[],\"patterns\":[]}",
                "{\"cistern\":1,\"cache\":\"c\",\"mode\":\"evict\",\"all\":false,\"keys\":{},"
                        + "\"tags\":[1],\"patterns\":[]}",
                "{\"cistern\":1,\"cache\":\"c\",\"mode\":\"evict\",\"all\":7,\"keys\":{},"
                        + "\"tags\":[\"a\"],\"patterns\":[]}",
                "{\"cistern\":1,\"cache\":\"c\",\"mode\":\"evict\",\"all\":true,\"keys\":{},"
                        + "\"tags\":[],\"patterns\":[],\"more\":1}"
            })
    void nothingElseIsRead(String record) {
        assertThatThrownBy(() -> RecordCodec.decode(record.getBytes(StandardCharsets.UTF_8), AT))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRecordWithoutABodyIsNotRead() {
        assertThatThrownBy(() -> RecordCodec.decode(null, AT))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
