package io.cistern.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.Trace.Change;
import io.cistern.app.Trace.Kill;
import io.cistern.app.Trace.Load;
import io.cistern.app.Trace.Lookup;
import io.cistern.app.Trace.Outage;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Each rule of the checker, kept and broken. Moments are in milliseconds. */
class TraceCheckerTest {

    private static final Duration MACHINE = Duration.ofMillis(400);
    private static final int ONE = 0;
    private static final int OTHER = 1;

    private final Trace trace = new Trace();

    @Test
    void nothingInvalidatedIsAnsweredOnTheSameInstance() {
        load(1, 0, 10);
        invalidate(ONE, 20, 30, 204);
        lookup(ONE, 25, 40, 1);
        assertKept();

        lookup(ONE, 31, 40, 1);
        assertBroken("invalidated on the same instance before");
    }

    @Test
    void notEvenWhileRedisIsAway() {
        load(1, 0, 10);
        invalidate(ONE, 20, 30, 204);
        trace.add(new Outage("frozen", ms(31), ms(5000)));
        lookup(ONE, 32, 40, 1);
        assertBroken("invalidated on the same instance before");
    }

    @Test
    void aLoadThatBeganBeforeAnInvalidationIsAsOld() {
        load(1, 15, 500);
        invalidate(ONE, 20, 30, 204);
        lookup(ONE, 16, 501, 1);
        assertKept();

        lookup(ONE, 31, 501, 1);
        assertBroken("invalidated on the same instance before");
    }

    @Test
    void theOtherInstanceFollowsSoon() {
        load(1, 0, 10);
        invalidate(ONE, 20, 30, 204);
        lookup(OTHER, 529, 540, 1);
        assertKept();

        lookup(OTHER, 532, 540, 1);
        assertBroken("invalidated on the other instance before");
    }

    @Test
    void theOtherInstanceServesWhatItHeldWhileRedisIsAwayAndFollowsOnceItIsBack() {
        load(1, 0, 10);
        trace.add(new Outage("frozen", ms(31), ms(2000)));
        invalidate(ONE, 20, 30, 204);
        lookup(OTHER, 1900, 1910, 1);
        lookup(OTHER, 3899, 3910, 1);
        assertKept();

        lookup(OTHER, 3902, 3910, 1);
        assertBroken("invalidated on the other instance before");
    }

    @Test
    void whatWasRefusedIsNotPromised() {
        load(1, 0, 10);
        trace.add(new Outage("frozen", ms(15), ms(1000)));
        invalidate(ONE, 20, 30, 503);
        lookup(ONE, 5000, 5010, 1);
        assertKept();
    }

    @Test
    void aValueThatWasPutEndsThoseBeforeIt() {
        load(1, 0, 10);
        put(2, 20, 30, 204);
        lookup(ONE, 31, 40, 2);
        assertKept();

        lookup(ONE, 31, 40, 1);
        assertBroken("invalidated on the same instance before");
    }

    @Test
    void aValueThatWasPutIsAsOldAsItsAnswer() {
        put(1, 0, 10, 204);
        invalidate(ONE, 5, 15, 204);
        lookup(ONE, 16, 20, 1);
        assertKept();

        invalidate(ONE, 21, 25, 204);
        lookup(ONE, 26, 30, 1);
        assertBroken("invalidated on the same instance before");
    }

    @Test
    void aValueThatWasPutWithoutAnAnswerMayComeLater() {
        trace.add(new Outage("frozen", ms(0), ms(1000)));
        put(1, 0, 10, 503);
        invalidate(ONE, 20, 30, 204);
        lookup(ONE, 2000, 2010, 1);
        assertKept();
    }

    @Test
    void everyValueIsFromSomewhere() {
        load(1, 0, 10);
        lookup(ONE, 0, 10, 7);
        assertBroken("a value from nowhere");
    }

    @Test
    void everyValueIsOfItsKey() {
        trace.add(new Load(1, ONE, "items/b", ms(0), ms(10)));
        lookup(ONE, 0, 10, 1);
        assertBroken("a value from nowhere");
    }

    @Test
    void noLookupFailsBecauseOfRedis() {
        trace.add(new Outage("frozen", ms(0), ms(1000)));
        trace.add(new Lookup(ONE, "items/a", ms(10), ms(20), 404, Trace.NO_VALUE, ""));
        assertKept();

        trace.add(new Lookup(ONE, "items/a", ms(10), ms(20), 503, Trace.NO_VALUE, ""));
        assertBroken("a lookup failed");
    }

    @Test
    void noLookupWaitsInVainForAKilledHolderOfALease() {
        trace.add(new Kill(ONE, ms(0), ms(5000)));
        trace.add(new Lookup(OTHER, "items/a", ms(10), ms(3400), 404, Trace.NO_VALUE, ""));
        assertKept();

        trace.add(new Lookup(OTHER, "items/a", ms(10), ms(5100), 504, Trace.NO_VALUE, ""));
        assertBroken("a lookup failed");
    }

    @Test
    void onlyAKilledInstanceDoesNotAnswer() {
        trace.add(new Kill(ONE, ms(100), ms(5000)));
        unanswered(ONE, 50, 110);
        trace.add(new Change(ONE, "DELETE", Set.of("items/a"), true, ms(50), ms(110), 0, 0));
        assertKept();

        unanswered(OTHER, 50, 110);
        assertBroken("not answered");
    }

    @Test
    void changesAreRefusedOnlyForRedis() {
        trace.add(new Outage("frozen", ms(0), ms(1000)));
        invalidate(ONE, 2899, 2900, 503);
        assertKept();

        invalidate(ONE, 2902, 2903, 503);
        assertBroken("refused without need");
    }

    @Test
    void changesDoNotFailOtherwise() {
        trace.add(new Outage("frozen", ms(0), ms(1000)));
        invalidate(ONE, 10, 20, 500);
        assertBroken("a change failed");
    }

    @Test
    void aKeyIsLoadedOnceAtATime() {
        load(1, 0, 10);
        load(2, 11, 20);
        assertKept();

        load(3, 19, 30);
        assertBroken("loaded twice at a time");
    }

    @Test
    void aLongLoadIsComparedWithAllThatBeginDuringIt() {
        load(1, 0, 100);
        invalidate(ONE, 10, 20, 204);
        load(2, 15, 30);
        assertKept();

        trace.add(new Load(3, ONE, "items/b", ms(1000), ms(1300)));
        trace.add(new Load(4, ONE, "items/b", ms(1301), ms(1310)));
        trace.add(new Load(5, ONE, "items/b", ms(1250), ms(1260)));
        assertBroken("loaded twice at a time");
    }

    @Test
    void whatOnlyATagInvalidatedIsWaitedFor() {
        load(1, 0, 100);
        trace.add(new Change(ONE, "tag", Set.of("items/a"), false, ms(10), ms(20), 204, 0));
        load(2, 30, 110);
        assertBroken("loaded twice at a time");
    }

    @Test
    void withoutRedisEachLoadsForItself() {
        trace.add(new Outage("frozen", ms(0), ms(1000)));
        load(1, 2800, 2950);
        load(2, 2850, 2950);
        assertKept();

        load(3, 3500, 3600);
        load(4, 3550, 3650);
        assertBroken("loaded twice at a time");
    }

    @Test
    void whereReplicasLagInstancesTellThemselvesWhenTheyLoadAlone() {
        load(1, 1000, 1100);
        load(2, 1050, 1150);
        assertThat(new TraceChecker(trace, MACHINE, true).check()).hasSize(1);

        trace.add(new Change(ONE, "tag", Set.of("items/a"), false, ms(500), ms(900), 503, 0));
        assertThat(new TraceChecker(trace, MACHINE, true).check()).isEmpty();

        load(3, 5000, 5100);
        load(4, 5050, 5150);
        assertThat(new TraceChecker(trace, MACHINE, true).check()).hasSize(1);

        trace.add(
                new Lookup(OTHER, "items/b", ms(4900), ms(4901), 404, 0, "cistern; fwd=miss; cut"));
        assertThat(new TraceChecker(trace, MACHINE, true).check()).isEmpty();
        assertThat(new TraceChecker(trace, MACHINE).check())
                .anyMatch(it -> it.startsWith("loaded twice at a time"));
    }

    private void load(long number, long from, long to) {
        trace.add(new Load(number, ONE, "items/a", ms(from), ms(to)));
    }

    private void put(long number, long from, long to, int status) {
        trace.add(
                new Change(ONE, "PUT", Set.of("items/a"), true, ms(from), ms(to), status, number));
    }

    private void invalidate(int slot, long from, long to, int status) {
        trace.add(
                new Change(
                        slot,
                        "DELETE",
                        Set.of("items/a"),
                        true,
                        ms(from),
                        ms(to),
                        status,
                        Trace.NO_VALUE));
    }

    private void lookup(int slot, long from, long to, long number) {
        trace.add(new Lookup(slot, "items/a", ms(from), ms(to), 200, number, "hit"));
    }

    private void unanswered(int slot, long from, long to) {
        trace.add(
                new Lookup(
                        slot,
                        "items/a",
                        ms(from),
                        ms(to),
                        Trace.UNANSWERED,
                        Trace.NO_VALUE,
                        "reset"));
    }

    private static long ms(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private void assertKept() {
        assertThat(new TraceChecker(trace, MACHINE).check()).isEmpty();
    }

    private void assertBroken(String rule) {
        assertThat(new TraceChecker(trace, MACHINE).check())
                .singleElement()
                .asString()
                .startsWith(rule + ": ");
    }
}
