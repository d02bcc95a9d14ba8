package io.cistern.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.order.Change;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PiecesTest {

    private static final int PARTITIONS = 7;

    private static Set<String> keys(int count, String prefix) {
        return IntStream.range(0, count).mapToObj(key -> prefix + key).collect(Collectors.toSet());
    }

    @Test
    void aKeyAlwaysGoesToTheSamePartition() {
        var keys = keys(5_000, "key-");

        var together =
                Pieces.of(new Told("c", new Change(keys, Set.of(), Set.of(), false)), PARTITIONS);

        var seen = new HashSet<String>();
        for (var piece : together) {
            for (var key : piece.told().change().keys()) {
                var alone = Pieces.of(new Told("c", Change.key(key)), PARTITIONS);
                assertThat(alone).hasSize(1);
                assertThat(alone.get(0).partition()).isEqualTo(piece.partition());
                assertThat(seen.add(key)).isTrue();
            }
        }
        assertThat(seen).isEqualTo(keys);
        assertThat(together).extracting(Pieces.Piece::partition).contains(0, 1, 2, 3, 4, 5, 6);
    }

    @Test
    void whatIsToldIsWhatWasInvalidated() {
        var change =
                new Change(
                        Change.Mode.EXPIRE,
                        Set.of("a", "b"),
                        Map.of("b", 7L),
                        Set.of("t"),
                        Set.of("p*"),
                        false);

        var pieces = Pieces.of(new Told("c", change), PARTITIONS);

        assertThat(pieces).allMatch(it -> it.told().change().mode() == Change.Mode.EXPIRE);
        assertThat(pieces).allMatch(it -> it.told().cache().equals("c"));
        assertThat(pieces)
                .flatExtracting(it -> it.told().change().keys())
                .containsExactlyInAnyOrder("a", "b");
        assertThat(pieces)
                .flatExtracting(it -> it.told().change().versions().entrySet())
                .containsExactly(Map.entry("b", 7L));
        assertThat(pieces).flatExtracting(it -> it.told().change().tags()).containsExactly("t");
        assertThat(pieces)
                .flatExtracting(it -> it.told().change().patterns())
                .containsExactly("p*");
    }

    @Test
    void aWholeCacheNeedsNothingElse() {
        var change = new Change(Set.of("a"), Set.of("t"), Set.of("p*"), true);

        var pieces = Pieces.of(new Told("c", change), PARTITIONS);

        assertThat(pieces).hasSize(1);
        assertThat(pieces.get(0).told().change()).isEqualTo(Change.everything());
    }

    @Test
    void noRecordIsLargerThanBrokersTake() {
        var long_ = "ü".repeat(1_000);
        var change = new Change(keys(3_000, long_), keys(3_000, long_), keys(300, long_), false);

        var pieces = Pieces.of(new Told("c", change), 1);

        assertThat(pieces)
                .allMatch(it -> RecordCodec.encode(it.told()).length < 1_000_000 - 10_000);
        assertThat(pieces).flatExtracting(it -> it.told().change().keys()).hasSize(3_000);
        assertThat(pieces).flatExtracting(it -> it.told().change().tags()).hasSize(3_000);
    }

    @Test
    void aRecordSaysWhatItIsAbout() {
        var piece = Pieces.of(new Told("c", Change.key("42")), PARTITIONS).get(0);

        assertThat(new String(piece.key(), StandardCharsets.UTF_8)).isEqualTo("c/42");
    }
}
