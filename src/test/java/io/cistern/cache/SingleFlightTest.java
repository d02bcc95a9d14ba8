package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.order.Change;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.spi.Loader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SingleFlightTest extends CacheFixture {

    @BeforeEach
    void holdTheOrigin() {
        origin.script(ask -> {});
        open(policy());
    }

    @Test
    void manyShareOneLoad() {
        var first = ask("a");
        var others = asks(50, LookupRequest.PLAIN);

        origin.last().answer();

        assertThat(origin.calls()).isOne();
        assertThat(now(first).collapsed()).isFalse();
        assertThat(others)
                .allMatch(other -> now(other).collapsed() && text(now(other)).equals("a#0"));
        assertThat(cache.statistics().collapsed()).isEqualTo(50);
    }

    @Test
    void whoComesAfterAnInvalidationJoinsNoOlderLoad() {
        for (var change : List.of(Change.key("a"), Change.pattern("[a-c]"), Change.everything())) {
            var before = ask("a");
            var older = origin.last();
            now(cache.invalidate(change, "test"));
            var after = ask("a");
            var newer = origin.last();

            assertThat(newer).as(change.kind()).isNotSameAs(older);
            older.answer();
            assertThat(text(now(before))).isEqualTo(older.textOf("a"));
            assertThat(now(before).stored()).isFalse();
            assertThat(after).isNotDone();
            newer.answer();
            assertThat(text(now(after))).isEqualTo(newer.textOf("a"));
            assertThat(text(get("a"))).isEqualTo(newer.textOf("a"));
            now(cache.invalidate(Change.everything(), "test"));
        }
    }

    @Test
    void aTagShowsWhenTheLoadEnds() {
        var before = ask("a");
        now(cache.invalidate(Change.tag("t"), "test"));
        var after = ask("a");

        origin.call(0).answer(FakeOrigin.tagged("old", "t"));

        assertThat(text(now(before))).isEqualTo("old");
        assertThat(now(before).stored()).as("what is dead at once is not stored").isFalse();
        assertThat(after).isNotDone();
        assertThat(origin.calls()).isEqualTo(2);
        origin.call(1).answer(FakeOrigin.tagged("new", "t"));
        assertThat(text(now(after))).isEqualTo("new");
        assertThat(text(get("a"))).isEqualTo("new");
    }

    @Test
    void tagsOverAndOverDoNotKeepAnybodyForEver() {
        ask("a");
        now(cache.invalidate(Change.tag("t"), "test"));
        var unlucky = ask("a");

        for (var i = 0; i < 10 && !unlucky.isDone(); i++) {
            now(cache.invalidate(Change.tag("t"), "test"));
            origin.last().answer(FakeOrigin.tagged("x" + i, "t"));
        }

        assertThat(now(unlucky).entry()).isNotNull();
    }

    @Test
    void aLoadThatBeganBeforeAnInvalidationDoesNotFill() {
        ask("a");
        now(cache.invalidate(Change.key("a"), "test"));

        origin.last().answer();

        assertThat(store.entry("a")).isNull();
        ask("a");
        assertThat(origin.calls()).isEqualTo(2);
    }

    @Test
    void aPutEndsWhatALoadBrings() {
        var before = ask("a");
        now(put("a", "mine"));

        origin.last().answer();

        assertThat(now(before).stored()).isFalse();
        assertThat(text(get("a"))).isEqualTo("mine");
    }

    @Test
    void aStormOfRefreshesSharesOneTrailingLoad() {
        ask("a");
        var storm = asks(100, LookupRequest.REFRESH);
        assertThat(origin.calls()).isOne();

        origin.call(0).answer();
        assertThat(origin.calls()).isEqualTo(2);
        assertThat(storm).noneMatch(CompletableFuture::isDone);
        origin.call(1).answer();

        assertThat(origin.calls()).isEqualTo(2);
        assertThat(storm).allMatch(one -> text(now(one)).equals("a#1"));
        assertThat(storm.stream().filter(one -> now(one).collapsed())).hasSize(99);
    }

    @Test
    void aRefreshDoesNotJoinARefreshThatBeganBeforeIt() {
        ask("a", LookupRequest.REFRESH);
        var second = ask("a", LookupRequest.REFRESH);
        var third = ask("a", LookupRequest.REFRESH);

        origin.call(0).answer();
        assertThat(second).isNotDone();
        origin.call(1).answer();

        assertThat(text(now(second))).isEqualTo("a#1");
        assertThat(text(now(third))).isEqualTo("a#1");
    }

    @Test
    void plainLookupsJoinARefresh() {
        ask("a", LookupRequest.REFRESH);
        var plain = ask("a");

        origin.last().answer();

        assertThat(now(plain).way()).isEqualTo(Way.REFRESH);
        assertThat(now(plain).collapsed()).isTrue();
        assertThat(origin.calls()).isOne();
    }

    @Test
    void joinersOfAFailureShareIt() {
        var all = asks(3, LookupRequest.PLAIN);

        origin.last().fail(new IllegalStateException());

        assertThat(all).allMatch(one -> now(one).failure().kind() == Failure.Kind.ORIGIN_FAILED);
        assertThat(origin.calls()).isOne();
        assertThat(isIdle()).isTrue();
    }

    @Test
    void aCallbackThatThrowsHarmsNobody() {
        var first = ask("a");
        var rude =
                first.thenApply(
                        result -> {
                            throw new IllegalStateException("rude");
                        });
        var second = ask("a");

        origin.last().answer();

        assertThat(rude).isCompletedExceptionally();
        assertThat(now(second).hasValue()).isTrue();
        assertThat(isIdle()).isTrue();
    }

    @Test
    void anErrorWhileValuesAreTakenOverLeavesNoKeyStuck() {
        Map<String, Loader.Value> tooMuch =
                new HashMap<>() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public Loader.Value get(Object key) {
                        throw new OutOfMemoryError("Java heap space");
                    }
                };
        cache = caches.open("full", policy().build(), any -> new Done(tooMuch));

        var first = get("a");
        var second = get("a");

        assertThat(first.failure().kind()).isEqualTo(Failure.Kind.ORIGIN_FAILED);
        assertThat(second.failure().kind()).isEqualTo(Failure.Kind.ORIGIN_FAILED);
        assertThat(isIdle()).isTrue();
    }

    /** A call that has ended. */
    private record Done(Map<String, Loader.Value> found) implements Loader.Call {
        @Override
        public CompletionStage<Map<String, Loader.Value>> values() {
            return CompletableFuture.completedFuture(found);
        }

        @Override
        public void expire() {}
    }

    private List<CompletableFuture<LookupResult>> asks(int count, LookupRequest request) {
        List<CompletableFuture<LookupResult>> all = new ArrayList<>();
        for (var i = 0; i < count; i++) {
            all.add(ask("a", request));
        }
        return all;
    }
}
