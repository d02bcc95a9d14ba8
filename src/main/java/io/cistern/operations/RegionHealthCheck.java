package io.cistern.operations;

import io.cistern.invalidation.feed.Feeds;
import io.cistern.region.Namesakes;
import io.cistern.region.RegionCounts;
import io.cistern.region.RegionRoutes;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.health.HealthCheckResultBuilder;

/**
 * Is down while other regions can't be told, or nothing is heard of them, or one bears the name of
 * this, and says why.
 */
public final class RegionHealthCheck extends Information {

    private final String region;
    private final String topic;
    private final RegionCounts counts;
    private final Namesakes namesakes;
    private final Feeds feeds;

    /**
     * @param region this instance's
     * @param topic by which regions tell each other
     * @param counts of what is told
     * @param namesakes who else may be called the same
     * @param feeds one of which hears
     */
    public RegionHealthCheck(
            String region, String topic, RegionCounts counts, Namesakes namesakes, Feeds feeds) {
        super("backplane");
        this.region = region;
        this.topic = topic;
        this.counts = counts;
        this.namesakes = namesakes;
        this.feeds = feeds;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.detail("region", region);
        builder.detail("topic", topic);
        var sending = counts.trouble();
        var hearing = hearing(builder);
        var trouble =
                Stream.of(
                                sending == null ? null : "others can't be told: " + sending,
                                hearing == null ? null : "others are not heard: " + hearing,
                                namesakes.trouble())
                        .filter(each -> each != null)
                        .collect(Collectors.joining("; "));
        tell(builder, trouble);
    }

    private String hearing(HealthCheckResultBuilder builder) {
        for (var feed : feeds.all()) {
            if (feed.name().equals(RegionRoutes.RECEIVE)) {
                FeedsHealthCheck.describe(builder, feed);
                return FeedsHealthCheck.reason(feed);
            }
        }
        return "its consumer has not started";
    }
}
