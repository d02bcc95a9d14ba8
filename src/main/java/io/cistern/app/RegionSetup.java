package io.cistern.app;

import io.cistern.cache.Caches;
import io.cistern.cache.spi.Timers;
import io.cistern.invalidation.event.Invalidator;
import io.cistern.invalidation.feed.Feeds;
import io.cistern.invalidation.feed.kafka.Handling;
import io.cistern.operations.RegionHealthCheck;
import io.cistern.operations.RegionMetrics;
import io.cistern.redis.RedisRoutes;
import io.cistern.region.Identity;
import io.cistern.region.Namesakes;
import io.cistern.region.RedisIdentity;
import io.cistern.region.RegionCounts;
import io.cistern.region.RegionFeed;
import io.cistern.region.RegionRoutes;
import io.cistern.region.RegionSender;
import io.cistern.settings.KafkaSettings;
import io.cistern.settings.Settings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.health.HealthCheckRegistry;

/** Puts together what an instance needs to tell other regions, and to hear from them. */
final class RegionSetup implements AutoCloseable {

    private final KafkaSettings kafka;
    private final String topic;
    private final String region;
    private final RegionCounts counts = new RegionCounts();
    private final RegionSender sender = new RegionSender(counts);
    private final Identity identity;
    private final Namesakes namesakes;
    private RegionFeed feed;

    private RegionSetup(KafkaSettings kafka, String topic, String region, Identity identity) {
        this.kafka = kafka;
        this.topic = topic;
        this.region = region;
        this.identity = identity;
        this.namesakes = new Namesakes(region, identity, System::nanoTime);
    }

    /**
     * Empty where there is one region only.
     *
     * @param redis the region's
     */
    static Optional<RegionSetup> of(
            Settings settings, Optional<? extends RedisRoutes> redis, Timers timers) {
        return settings.backplane()
                .region()
                .map(
                        name ->
                                new RegionSetup(
                                        settings.feeds().kafka(),
                                        settings.backplane().topic(),
                                        RegionRoutes.name(settings.store().namespace(), name),
                                        identity(settings, redis.orElseThrow(), timers)));
    }

    private static Identity identity(Settings settings, RedisRoutes redis, Timers timers) {
        var name = settings.redis().keyPrefix() + settings.store().namespace() + ":region";
        var identity = new RedisIdentity(redis, name, InstantSource.system());
        identity.start(timers);
        return identity;
    }

    /** Tells other regions. */
    RegionSender sender() {
        return sender;
    }

    /**
     * What is heard takes effect by these; to be called before {@link #install}.
     *
     * @param kept finds the names of all caches of which Redis has something
     */
    void receiveInto(
            Caches caches, Invalidator invalidator, Supplier<CompletionStage<Set<String>>> kept) {
        feed = new RegionFeed(region, namesakes, caches, invalidator, counts, kept);
    }

    /** Whether an endpoint reads what other regions tell. */
    boolean isTopic(Endpoint endpoint) {
        return endpoint instanceof KafkaEndpoint reads
                && RegionRoutes.group(topic, region).equals(reads.getConfiguration().getGroupId());
    }

    /** What becomes of what it reads. */
    Handling handling(Feeds feeds) {
        return Handling.ofAll(feeds, feed::apply, feed.missed(), this::group);
    }

    private Optional<String> group() {
        return identity.current().map(own -> RegionRoutes.group(topic, region) + "/" + own.id());
    }

    /** Adds routes that never run: files of users can't have their ids. */
    static void addTrial(CamelContext context, Caches caches, Invalidator invalidator) {
        var trial =
                new RegionSetup(FeedSetup.EVERYTHING.kafka(), "trial", "trial", Identity.UNKNOWN);
        trial.receiveInto(caches, invalidator, () -> CompletableFuture.completedStage(Set.of()));
        trial.addRoutes(context);
    }

    /** Adds routes, health check and meters. */
    void install(CamelContext context, Feeds feeds, MeterRegistry meters) {
        addRoutes(context);
        HealthCheckRegistry.get(context)
                .register(new RegionHealthCheck(region, topic, counts, namesakes, feeds));
        RegionMetrics.bind(meters, counts);
    }

    private void addRoutes(CamelContext context) {
        try {
            context.addRoutes(new RegionRoutes(sender, feed, kafka, topic, region, identity));
        } catch (Exception e) {
            throw new IllegalStateException("the shipped routes do not load", e);
        }
    }

    @Override
    public void close() {
        sender.close();
    }
}
