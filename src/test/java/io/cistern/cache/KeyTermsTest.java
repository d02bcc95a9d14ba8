package io.cistern.cache;

import static io.cistern.cache.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.LookupResult.Way;
import io.cistern.cache.order.Change;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.spi.Terms;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys that share an entry, and requests that go past all of them. */
class KeyTermsTest extends CacheFixture {

    /** Keys of the same letters are the same. */
    private static final Terms LOWER_CASE =
            new Terms() {
                @Override
                public String key(String asked) {
                    if (asked.isBlank()) {
                        throw new IllegalArgumentException("keyPattern: nothing but spaces");
                    }
                    return asked.toLowerCase(java.util.Locale.ROOT);
                }

                @Override
                public boolean bypasses(UnaryOperator<String> header) {
                    return "1".equals(header.apply("profile"));
                }
            };

    @BeforeEach
    void open() {
        cache = caches.open("test", policy().batchSize(10).build(), origin, LOWER_CASE);
    }

    @Test
    void keysThatBecomeTheSameShareAnEntry() {
        get("Abc");

        assertThat(get("aBC").way()).isEqualTo(Way.NEAR);
        assertThat(origin.call(0).request().keys()).containsExactly("abc");
        assertThat(now(cache.peek("ABC", LookupRequest.PLAIN))).isNotNull();
    }

    @Test
    void aBatchAnswersByTheKeysThatWereAsked() {
        var answers = getAll(List.of("A", "a", "B", " "));

        assertThat(answers.keySet()).containsExactlyInAnyOrder("A", "a", "B", " ");
        assertThat(text(answers.get("A"))).isEqualTo(text(answers.get("a")));
        assertThat(answers.get(" ").failure().reason()).contains("nothing but spaces");
        assertThat(origin.calls()).isEqualTo(1);
        assertThat(origin.call(0).request().keys()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void whatIsPutAndInvalidatedIsMeantByTheSameKeys() {
        now(put("KEY", "put"));
        assertThat(text(get("key"))).isEqualTo("put");

        now(cache.invalidate(Change.key("Key"), "test"));

        assertThat(get("key").way()).isEqualTo(Way.MISS);
    }

    @Test
    void versionsFollowTheirKeys() {
        origin.script(ask -> ask.answer(FakeOrigin.versioned("v", 7)));
        get("a");
        var older =
                new Change(
                        Change.Mode.EVICT, Set.of("A"), Map.of("A", 6L), Set.of(), Set.of(), false);

        now(cache.invalidate(older, "test"));

        assertThat(get("a").way().isHit()).isTrue();
    }

    @Test
    void aKeyOfAnotherFormIsRefusedWhereItIsAskedAndLeftWhereItIsInvalidated() {
        assertThat(get(" ").failure().kind()).isEqualTo(Failure.Kind.UNFIT_KEY);
        assertThat(origin.calls()).isZero();
        assertThatThrownBy(() -> put(" ", "x")).isInstanceOf(UnfitRequestException.class);
        assertThat(cache.invalidate(Change.key(" "), "test")).isCompleted();
    }

    @Test
    void warmingFillsWhatIsAskedFor() {
        var loaded = now(cache.warmer().load(List.of("X", "Y"), Map.of()));
        assertThat(loaded.keySet()).containsExactlyInAnyOrder("X", "Y");
        assertThat(now(cache.warmer().freshFor(List.of("X", "z"))).keySet()).containsExactly("X");
        var reading = now(cache.warmer().begin());
        now(
                cache.warmer()
                        .store(
                                reading,
                                List.of(
                                        new Warmer.Row(
                                                "ROW",
                                                bytes("r"),
                                                "text/plain",
                                                null,
                                                List.of()))));

        assertThat(get("x").way().isHit()).isTrue();
        assertThat(text(get("Row"))).isEqualTo("r");
    }

    @Test
    void whoIsToBypassGetsTheOriginAndNothingIsStored() {
        var bypassing = cache.request(LookupRequest.PLAIN, Map.of("profile", "1")::get);

        assertThat(get("a", bypassing).way()).isEqualTo(Way.BYPASS);
        assertThat(get("a").way()).isEqualTo(Way.MISS);
        assertThat(get("a", cache.request(LookupRequest.PLAIN, name -> null)).way())
                .isEqualTo(Way.NEAR);
    }
}
