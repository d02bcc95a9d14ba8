package io.cistern.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cistern.cache.order.Change;
import io.cistern.cache.simulation.FakeOrigin;
import io.cistern.cache.spi.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What follows from an invalidation in caches that are made of others. */
class DependentsTest extends CacheFixture {

    private Cache open(String name, String dependsOn) {
        var policy = Policies.policy();
        if (dependsOn != null) {
            policy.dependsOn(dependsOn);
        }
        return caches.open(name, policy.build(), origin);
    }

    private static void fill(Cache cache, String key, String... tags) {
        now(cache.put(key, bytes("made"), "text/plain", null, List.of(tags)));
    }

    private static LookupResult of(Cache cache, String key) {
        return now(cache.lookup(key, onlyIfCached(0)).toCompletableFuture());
    }

    private static boolean has(Cache cache, String key) {
        return of(cache, key).failure() == null;
    }

    static Stream<Change> changes() {
        return Stream.of(
                Change.key("42"), Change.tag("t"), Change.pattern("4*"), Change.everything());
    }

    @ParameterizedTest
    @MethodSource("changes")
    void aWholeCacheFollowsAnything(Change change) {
        var products = open("products", null);
        var menu = open("menu", "products");
        fill(menu, "a");

        now(products.invalidate(change, "test"));

        assertThat(has(menu, "a")).isFalse();
    }

    @Test
    void anEntryFollowsItsKey() {
        var products = open("products", null);
        var offers = open("offers", "products:${body[productId]}");
        fill(offers, "a", "products:42");
        fill(offers, "b", "products:43");

        now(products.invalidate(Change.key("42"), "test"));

        assertThat(has(offers, "a")).isFalse();
        assertThat(has(offers, "b")).isTrue();
    }

    @Test
    void itFollowsAValueThatIsPutAsWell() {
        var products = open("products", null);
        var offers = open("offers", "products:${body[productId]}");
        fill(offers, "a", "products:42");

        fill(products, "42");

        assertThat(has(offers, "a")).isFalse();
    }

    @Test
    void whatNamesNoKeysTakesAllThatIsMadeOfAny() {
        for (var change : changes().skip(1).toList()) {
            var products = caches.find("products").orElseGet(() -> open("products", null));
            var offers =
                    caches.find("offers").orElseGet(() -> open("offers", "products:${body[id]}"));
            fill(offers, "a", "products:1");
            fill(offers, "b");

            now(products.invalidate(change, "test"));

            assertThat(has(offers, "a")).as(change.toString()).isFalse();
            assertThat(has(offers, "b")).as(change.toString()).isFalse();
        }
    }

    @Test
    void otherCachesStay() {
        var products = open("products", null);
        var others = open("others", "prices:${body[id]}, prices");
        fill(others, "a", "products:42");

        now(products.invalidate(Change.everything(), "test"));

        assertThat(has(others, "a")).isTrue();
    }

    @Test
    void oneChangeReachesThroughAnyNumberOfSteps() {
        var first = open("c0", null);
        Cache last = first;
        for (var i = 1; i <= 20; i++) {
            last = open("c" + i, "c" + (i - 1) + (i % 2 == 0 ? "" : ":${body[id]}"));
            fill(last, "x", "c" + (i - 1) + ":42");
        }

        now(first.invalidate(Change.key("42"), "test"));

        assertThat(has(last, "x")).isFalse();
        assertThat(last.statistics().invalidations("all", "dependency")).isEqualTo(1);
    }

    @Test
    void whoDependsTwiceFollowsOnce() {
        var a = open("a", null);
        open("b", "a");
        open("c", "a:${body[id]}");
        var d = open("d", "b:${body[id]}, c, a");

        now(a.invalidate(Change.key("1"), "test"));

        assertThat(d.statistics().invalidations()).isEqualTo(1);
        assertThat(d.statistics().invalidations("all", "dependency")).isEqualTo(1);
    }

    @Test
    void theOrderOfOpeningDoesNotMatter() {
        var menu = open("menu", "products");
        var products = open("products", null);
        fill(menu, "a");

        now(products.invalidate(Change.key("1"), "test"));

        assertThat(has(menu, "a")).isFalse();
    }

    @Test
    void whatExpiresLetsOthersExpire() {
        var products = open("products", null);
        var menu = open("menu", "products");
        fill(menu, "a");

        now(products.invalidate(Change.key("1").expiring(), "test"));

        assertThat(has(menu, "a")).isFalse();
        assertThat(now(menu.peek("a", LookupRequest.PLAIN).toCompletableFuture())).isNotNull();
    }

    /** A product that was told stale, and an origin that does not bring another one. */
    private Cache expiredProduct(Duration softTimeout) {
        var policy = Policies.policy();
        var products =
                caches.open(
                        "products",
                        (softTimeout == null ? policy : policy.softTimeout(softTimeout)).build(),
                        origin);
        fill(products, "42");
        now(products.invalidate(Change.key("42").expiring(), "test"));
        return products;
    }

    @Test
    void nothingIsMadeOfWhatWasToldStaleWhereTheOriginFails() {
        var products = expiredProduct(null);
        origin.script(ask -> ask.fail(new IllegalStateException("no")));

        var plain = now(products.lookup("42", LookupRequest.PLAIN));
        var part = now(products.lookupKnowing("42", LookupRequest.PLAIN));

        assertThat(plain.way()).isEqualTo(LookupResult.Way.STALE_IF_ERROR);
        assertThat(part.failure().kind()).isEqualTo(Failure.Kind.ORIGIN_FAILED);
    }

    @Test
    void nothingIsMadeOfWhatWasToldStaleWhereTheOriginIsSlow() {
        var softTimeout = Duration.ofMillis(100);
        var products = expiredProduct(softTimeout);
        origin.script(
                ask ->
                        time.after(
                                Duration.ofMillis(200), () -> ask.answer(FakeOrigin.text("new"))));

        var part = products.lookupKnowing("42", LookupRequest.PLAIN).toCompletableFuture();
        time.pass(softTimeout);

        assertThat(part).isNotDone();
        time.pass(softTimeout);
        assertThat(text(now(part))).isEqualTo("new");
    }

    @Test
    void whereADependentCantBeToldNothingIsAcknowledged() {
        var products = open("products", null);
        open("menu", "products");
        caches.find("menu").orElseThrow();
        store.leave(true);

        var change = products.invalidate(Change.key("1"), "test").toCompletableFuture();

        assertThat(change)
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void whatIsStoppedFollowsUntilItIsForgotten() {
        var products = open("products", null);
        var menu = open("menu", "products");
        fill(menu, "a");
        caches.close(menu);

        now(products.invalidate(Change.key("1"), "test"));

        var again = open("menu", "products");
        assertThat(has(again, "a")).isFalse();
        caches.close(again);
        caches.forget(again);
        now(products.invalidate(Change.key("1"), "test"));
        assertThat(menu.statistics().invalidations("all", "dependency")).isEqualTo(1);
    }

    @Test
    void noCacheMayDependOnItself() {
        open("a", "c");
        open("b", "a:${body[id]}");

        assertThatThrownBy(() -> open("c", "x, b"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("dependsOn: the cache c would depend on itself: c -> b -> a -> c");
        assertThatThrownBy(() -> open("d", "d"))
                .hasMessage("dependsOn: the cache d would depend on itself: d -> d");
        assertThat(open("c", "x")).isNotNull();
    }

    @Test
    void cachesThatChangePlacesAreNoCircle() {
        open("a", "b");
        open("b", null);

        try (var hold = caches.hold(List.of("a", "b"))) {
            open("b", "a");
            open("a", null);
        }

        assertThat(caches.isMadeOf("b", "a")).isTrue();
        assertThat(caches.isMadeOf("a", "b")).isFalse();
    }

    @Test
    void anotherDependencyMakesAnotherFingerprint() {
        var one = Policies.policy().dependsOn("a").build();
        var other = Policies.policy().dependsOn("a:${body[id]}").build();

        assertThat(one.definition()).isNotEqualTo(other.fingerprint()).isNotEmpty();
    }

    @Test
    void dependenciesAreReadAsTheyAreWritten() {
        assertThat(Dependency.parse("a, b:${body[x,y]} ,c:k"))
                .extracting(Dependency::toString)
                .containsExactly("a", "b:${body[x,y]}", "c:k");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a,", "a:", "a b", "${body[id]}", ":x"})
    void whatNamesNoCacheIsRefused(String text) {
        assertThatThrownBy(() -> Dependency.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
