package io.cistern.warming.popular;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpaceSavingTest {

    @Test
    void findsTheFrequentOnesAmongManyMoreThanItCounts() {
        var sketch = new SpaceSaving(100);
        var random = new Random(3);
        for (var i = 0; i < 200_000; i++) {
            // A tenth of the stream goes to ten keys, the rest to a hundred thousand.
            sketch.add(
                    random.nextInt(5) == 0
                            ? "hot-" + random.nextInt(10)
                            : "cold-" + random.nextInt(100_000),
                    1);
        }

        assertThat(sketch.top(10)).hasSize(10).allMatch(key -> key.startsWith("hot-"));
    }

    @Test
    void countsExactlyWhileThereIsRoom() {
        var sketch = new SpaceSaving(50);
        Map<String, Long> exact = new HashMap<>();
        var random = new Random(5);
        for (var i = 0; i < 10_000; i++) {
            var key = "k" + (int) Math.abs(random.nextGaussian() * 15) % 50;
            sketch.add(key, 2);
            exact.merge(key, 2L, Long::sum);
        }

        assertThat(sketch.takeFresh(100)).isEqualTo(exact);
        var best = exact.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        assertThat(exact.get(sketch.top(1).get(0))).isEqualTo(best.getValue());
    }

    @Test
    void tellsWhatIsNewOnceAndLeavesTheRest() {
        var sketch = new SpaceSaving(10);
        sketch.add("a", 3);
        sketch.add("b", 1);

        assertThat(sketch.takeFresh(1)).isEqualTo(Map.of("a", 3L));
        assertThat(sketch.takeFresh(10)).isEqualTo(Map.of("b", 1L));
        assertThat(sketch.takeFresh(10)).isEmpty();
    }

    @Test
    void whoTakesAPlaceOverTellsOnlyOfItself() {
        var sketch = new SpaceSaving(1);
        sketch.add("old", 100);
        sketch.add("new", 1);

        assertThat(sketch.takeFresh(10)).isEqualTo(Map.of("new", 1L));
    }

    @Test
    void whatWasPopularOnceMakesWay() {
        var sketch = new SpaceSaving(10);
        sketch.add("before", 100);
        for (var i = 0; i < 5; i++) {
            sketch.fade();
        }
        sketch.add("now", 10);

        assertThat(sketch.top(2)).containsExactly("now", "before");
    }
}
