package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.simulation.Weather;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.Observer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchTest extends CacheFixture {

    @Test
    void oneReadAndAsFewCallsAsTheOriginAllows() {
        open(policy().batchSize(3));
        List<Weather.Operation> operations = new ArrayList<>();
        store.weather(
                operation -> {
                    operations.add(operation);
                    return Weather.Fate.FINE;
                });
        now(cache.peek("first", LookupRequest.PLAIN));
        operations.clear();

        var answers = getAll(List.of("a", "b", "c", "d", "e", "f", "g"));

        assertThat(answers.keySet()).containsExactly("a", "b", "c", "d", "e", "f", "g");
        assertThat(operations).containsOnlyOnce(Weather.Operation.READ);
        assertThat(origin.calls()).isEqualTo(3);
        assertThat(origin.call(0).keys()).containsExactly("a", "b", "c");
        assertThat(origin.call(2).keys()).containsExactly("g");
        assertThat(text(answers.get("e"))).isEqualTo("e#1");
    }

    @Test
    void aKeyThatIsNamedTwiceIsAnsweredAndCountedOnce() {
        open(policy().batchSize(10));

        var answers = getAll(List.of("a", "b", "a", "a"));

        assertThat(answers).containsOnlyKeys("a", "b");
        assertThat(origin.last().keys()).containsExactly("a", "b");
        assertThat(cache.statistics().requests()).isEqualTo(2);
    }

    @Test
    void onlyWhatIsMissingGoesFurther() {
        open(policy().batchSize(10));
        getAll(List.of("near", "shared"));
        near.remove("shared");

        var answers = getAll(List.of("shared", "new", "near"));

        assertThat(answers.get("near").way()).isEqualTo(Way.NEAR);
        assertThat(answers.get("shared").way()).isEqualTo(Way.SHARED);
        assertThat(answers.get("new").way()).isEqualTo(Way.MISS);
        assertThat(origin.last().keys()).containsExactly("new");
    }

    @Test
    void keysThatTheOriginLeavesOutHaveNoValue() {
        open(policy().batchSize(10));
        origin.script(ask -> ask.answer(key -> key.equals("a") ? FakeOrigin.text("x") : null));

        var answers = getAll(List.of("a", "b"));

        assertThat(answers.get("a").hasValue()).isTrue();
        assertThat(answers.get("b").hasValue()).isFalse();
        assertThat(answers.get("b").failure()).isNull();
        assertThat(get("b").kind()).isEqualTo(Observer.Lookup.NEGATIVE);
        assertThat(cache.statistics().loads(Observer.Load.SUCCESS)).isOne();
    }

    @Test
    void oneValueThatIsGarbageSpoilsNoOther() {
        open(policy().batchSize(10));
        var garbage = new Loader.Value(null, null, false, null, null, null, 0);
        origin.script(
                ask -> ask.answer(key -> key.equals("a") ? garbage : FakeOrigin.text("fine")));

        var answers = getAll(List.of("a", "b"));

        assertThat(answers.get("a").failure().kind()).isEqualTo(Failure.Kind.ORIGIN_FAILED);
        assertThat(text(answers.get("b"))).isEqualTo("fine");
        assertThat(get("b").way()).isEqualTo(Way.NEAR);
        assertThat(isIdle()).isTrue();
    }

    @Test
    void aValueThatCannotBeStoredSpoilsNoOther() {
        open(policy().batchSize(10));
        origin.script(
                ask ->
                        ask.answer(
                                key ->
                                        key.equals("a")
                                                ? FakeOrigin.tagged("odd", "t".repeat(70_000))
                                                : FakeOrigin.text("fine")));

        var answers = getAll(List.of("a", "b"));

        assertThat(text(answers.get("a"))).isEqualTo("odd");
        assertThat(answers.get("a").stored()).isFalse();
        assertThat(answers.get("b").stored()).isTrue();
        assertThat(store.held(0)).containsOnlyKeys("b");
        assertThat(cache.statistics().oversized()).isOne();
    }

    @Test
    void oversizeIsAnsweredCountedAndNotStored() {
        open(policy().batchSize(10).maxValueSize(10));
        origin.script(
                ask -> ask.answer(key -> FakeOrigin.text(key.equals("a") ? "x".repeat(11) : "b")));

        var answers = getAll(List.of("a", "b"));

        assertThat(answers.get("a").entry().value()).hasSize(11);
        assertThat(answers.get("a").stored()).isFalse();
        assertThat(answers.get("b").stored()).isTrue();
        assertThat(store.held(0)).containsOnlyKeys("b");
        assertThat(near.usage().entries()).isOne();
        assertThat(cache.statistics().oversized()).isOne();
    }

    @Test
    void aBatchJoinsWhatIsUnderWay() {
        open(policy().batchSize(10));
        origin.script(ask -> {});
        var single = ask("a");

        var batch = cache.lookupAll(List.of("a", "b"), LookupRequest.PLAIN);

        assertThat(origin.last().keys()).containsExactly("b");
        origin.call(1).answer();
        assertThat(batch.toCompletableFuture()).isNotDone();
        origin.call(0).answer();
        assertThat(now(batch).get("a").collapsed()).isTrue();
        assertThat(now(single).collapsed()).isFalse();
    }

    @Test
    void refreshesOfManyAreBatchedToo() {
        open(policy().batchSize(10));
        getAll(List.of("a", "b"));

        var again = now(cache.lookupAll(List.of("a", "b"), LookupRequest.REFRESH));

        assertThat(origin.calls()).isEqualTo(2);
        assertThat(origin.last().keys()).containsExactly("a", "b");
        assertThat(again.get("b").way()).isEqualTo(Way.REFRESH);
        assertThat(text(get("b"))).isEqualTo("b#1");
    }

    @Test
    void directivesHoldForEachKey() {
        open(policy().batchSize(10));
        get("a");

        var answers =
                now(
                        cache.lookupAll(
                                List.of("a", "b"),
                                new LookupRequest(false, false, true, 0, Map.of())));

        assertThat(answers.get("a").way()).isEqualTo(Way.NEAR);
        assertThat(answers.get("b").failure()).isSameAs(Failure.NOT_CACHED);
        assertThat(cache.statistics().requests()).isEqualTo(3);
    }

    @Test
    void noKeysNoAnswers() {
        open(policy());

        assertThat(getAll(List.of())).isEmpty();
    }
}
