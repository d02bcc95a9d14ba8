package io.cistern.invalidation.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.testing.LogCapture;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FeedTest {

    private final LogCapture log = LogCapture.of(Feed.class.getName());
    private final Feed feed = new Feed("own", "kafka", "events", () -> 0L);

    @AfterEach
    void stop() {
        log.close();
    }

    @Test
    void aReasonThatDiffersInItsNumbersOnlyIsToldOnce() {
        feed.unreached("a", "no user at port 4711");
        feed.unreached("a", "no user at port 4712");
        feed.pause("b", "something else");
        feed.unreached("a", "no user at port 4713");

        assertThat(log.lines())
                .containsExactly(
                        "WARN Feed own does not reach its broker: no user at port 4711",
                        "WARN Feed own is paused: something else");
        assertThat(feed.pause()).isEqualTo("something else");
        feed.resume("b");
        assertThat(feed.pause()).isEqualTo("no user at port 4713");
    }

    @Test
    void anOutageIsToldAgainOnceItWasOver() {
        feed.reached("a");
        feed.unreached("a", "away");
        assertThat(feed.isConnected()).isFalse();
        feed.reached("a");
        feed.reached("a");
        assertThat(feed.isConnected()).isTrue();
        assertThat(feed.pause()).isNull();
        feed.unreached("a", "away");

        assertThat(log.lines())
                .containsExactly(
                        "INFO Feed own reaches its broker",
                        "WARN Feed own does not reach its broker: away",
                        "INFO Feed own reaches its broker",
                        "WARN Feed own does not reach its broker: away");
    }

    @Test
    void reasonsWithoutEndAreNotToldWithoutEnd() {
        for (var letter = 'a'; letter <= 'z'; letter++) {
            feed.pause("a", "reason " + letter);
        }

        assertThat(log.lines(Level.WARN)).hasSizeLessThan(20);
        assertThat(feed.pause()).isEqualTo("reason z");
    }

    @Test
    void oneConsumerThatIsNotConnectedIsEnough() {
        feed.reached("a");
        feed.unreached("b", "away");
        assertThat(feed.isConnected()).isFalse();

        feed.gone("b");
        assertThat(feed.isConnected()).isTrue();
    }
}
