package io.cistern.region;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.testing.LogCapture;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;

/** Regions that are called the same. */
class NamesakesTest {

    private static final long MADE = 1_800_000_000_000L;
    private static final long LATER = MADE + Duration.ofMinutes(2).toMillis();

    private final FakeIdentity identity = new FakeIdentity();
    private long nanos = -1;
    private final Namesakes namesakes = new Namesakes("europe", identity, () -> nanos);

    /** What Redis says may be another thing than what the instance knows. */
    private static final class FakeIdentity implements Identity {
        private Optional<Made> known = Optional.of(new Made("own", MADE));
        private Optional<Made> inRedis = known;
        private boolean isAway;
        private int looks;

        @Override
        public Optional<Made> current() {
            return known;
        }

        @Override
        public CompletionStage<Void> look() {
            looks++;
            if (isAway) {
                return CompletableFuture.failedStage(new IllegalStateException("away"));
            }
            known = inRedis;
            return CompletableFuture.completedStage(null);
        }
    }

    @Test
    void anotherThatIsCalledTheSameIsToldOfOnceUntilItFallsSilent() {
        try (var log = LogCapture.of(Namesakes.class.getName())) {
            assertThat(namesakes.trouble()).isNull();
            for (var time = 0; time < 10; time++) {
                namesakes.meet("other", LATER);
                nanos += Duration.ofSeconds(10).toNanos();
            }
            assertThat(namesakes.trouble()).contains("CISTERN_REGION").contains("europe");
            assertThat(log.lines(Level.WARN)).hasSize(1).first().asString().contains("europe");

            nanos += Duration.ofMinutes(5).toNanos();
            assertThat(namesakes.trouble()).isNull();
            namesakes.meet("other", LATER);
            assertThat(namesakes.trouble()).isNotNull();
            assertThat(log.lines(Level.WARN)).hasSize(2);
        }
    }

    @Test
    void whatThisRegionWroteBeforeItsRedisLostAllIsNoOthers() {
        namesakes.meet("before", MADE - 1);
        nanos += Duration.ofSeconds(2).toNanos();
        namesakes.meet("before", MADE + Duration.ofSeconds(59).toMillis());
        nanos += Duration.ofSeconds(2).toNanos();
        namesakes.meet("before", null);

        assertThat(namesakes.trouble()).isNull();
        assertThat(namesakes.isOther("before")).isTrue();
    }

    @Test
    void anInstanceThatDoesNotKnowYetThatItsRedisLostAllAsksItFirst() {
        identity.inRedis = Optional.of(new Identity.Made("new", LATER - 10));

        namesakes.meet("new", LATER);

        assertThat(namesakes.trouble()).isNull();
        assertThat(namesakes.isOther("new")).isFalse();
    }

    @Test
    void nobodyIsBlamedWhileRedisCantSay() {
        identity.isAway = true;

        namesakes.meet("other", LATER);

        assertThat(namesakes.trouble()).isNull();
        assertThat(namesakes.isOther("other")).isTrue();
    }

    @Test
    void recordsThatSayNothingAreThoseOfTheRegionThatTheyName() {
        assertThat(namesakes.isOther(null)).isFalse();
        assertThat(namesakes.isOther("own")).isFalse();
    }

    @Test
    void redisIsNotAskedForEachRecord() {
        for (var record = 0; record < 1_000; record++) {
            namesakes.meet("other", LATER);
        }

        assertThat(identity.looks).isEqualTo(1);
    }
}
