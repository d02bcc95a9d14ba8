package io.cistern.app;

import io.cistern.breaker.Breakers;
import io.cistern.invalidation.feed.Deliveries;
import io.cistern.invalidation.feed.FeedRoutes;
import io.cistern.invalidation.feed.Feeds;
import io.cistern.invalidation.feed.jms.JmsFeeds;
import io.cistern.invalidation.feed.kafka.KafkaFeeds;
import io.cistern.settings.FeedSettings;
import io.cistern.settings.JmsSettings;
import io.cistern.settings.KafkaSettings;
import io.cistern.settings.Secret;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.Route;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the feeds together. Nothing of Kafka or JMS is loaded before a route asks for it. */
final class FeedSetup {

    /** With all brokers named, so that files can be tried wherever they will run. */
    static final FeedSettings EVERYTHING =
            new FeedSettings(
                    new KafkaSettings(
                            Optional.of("localhost:9092"),
                            "cistern.invalidations",
                            "cistern",
                            1,
                            Optional.empty(),
                            Secret.NONE,
                            KafkaSettings.Mechanism.PLAIN,
                            Optional.empty()),
                    new JmsSettings(
                            Secret.of("tcp://localhost:61616"),
                            Optional.empty(),
                            Optional.empty(),
                            Secret.NONE,
                            new JmsSettings.Destination(false, "cistern.invalidations"),
                            "cistern",
                            1),
                    "cistern.invalidations.dlq");

    private static final Logger LOG = LoggerFactory.getLogger(FeedSetup.class);
    private static final int STOP_SECONDS = 4;

    private FeedSetup() {}

    /** What the route files of feeds refer to. */
    static Map<String, String> properties(FeedSettings settings) {
        Map<String, String> properties = new LinkedHashMap<>();
        var kafka = settings.kafka();
        properties.put("cistern.kafka.named", Boolean.toString(kafka.named()));
        properties.put("cistern.kafka.topic", kafka.topic());
        properties.put("cistern.kafka.concurrency", Integer.toString(kafka.concurrency()));
        var jms = settings.jms();
        properties.put("cistern.jms.named", Boolean.toString(jms.named()));
        properties.put("cistern.jms.destination", jms.destination().toString());
        properties.put("cistern.jms.concurrency", Integer.toString(jms.concurrency()));
        return properties;
    }

    /**
     * Adds all of it to the context of an instance.
     *
     * @param regions whose topic is no feed of events; empty where there is one region
     */
    static void install(
            CamelContext context,
            FeedSettings settings,
            Feeds feeds,
            Optional<RegionSetup> regions) {
        bind(context, settings);
        context.addLifecycleStrategy(
                new LifecycleStrategySupport() {
                    @Override
                    public void onEndpointAdd(Endpoint endpoint) {
                        if (regions.isPresent() && regions.get().isTopic(endpoint)) {
                            KafkaFeeds.adopt(
                                    endpoint, feeds, settings, regions.get().handling(feeds));
                        } else if (endpoint.getEndpointUri().startsWith("kafka:")) {
                            KafkaFeeds.adopt(endpoint, feeds, settings);
                        } else if (endpoint.getEndpointUri().startsWith("jms:")) {
                            JmsFeeds.adopt(endpoint, feeds, settings);
                        }
                    }

                    @Override
                    public void onRoutesRemove(Collection<Route> routes) {
                        routes.forEach(route -> feeds.remove(route.getRouteId()));
                    }
                });
        context.addRoutePolicyFactory(new Deliveries(Breakers.JUDGE));
        addRoutes(context, feeds);
    }

    /**
     * Stops all feeds: what they have taken takes effect and is acknowledged, as far as that can be
     * done within a few seconds.
     *
     * @param context null where there is none yet
     */
    static void stop(CamelContext context, Feeds feeds) {
        feeds.stopTaking();
        if (context == null) {
            return;
        }
        var stopping =
                feeds.all().stream()
                        .map(feed -> CompletableFuture.runAsync(() -> stop(context, feed.name())))
                        .toArray(CompletableFuture[]::new);
        CompletableFuture.allOf(stopping).join();
    }

    private static void stop(CamelContext context, String route) {
        try {
            context.getRouteController().stopRoute(route, STOP_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            LOG.debug("The feed {} did not stop in good order", route, e);
        }
    }

    /** Says what {@code kafka:} and {@code jms:} mean. */
    static void bind(CamelContext context, FeedSettings settings) {
        context.getRegistry()
                .bind(
                        "kafka-component",
                        Component.class,
                        () -> KafkaFeeds.component(settings.kafka()));
        context.getRegistry()
                .bind(
                        "jms-component",
                        Component.class,
                        () -> JmsFeeds.component(context, settings.jms()));
    }

    /** Adds the routes that those of feeds give their events to. */
    static void addRoutes(CamelContext context, Feeds feeds) {
        try {
            context.addRoutes(new FeedRoutes(feeds));
        } catch (Exception e) {
            throw new IllegalStateException("the shipped routes do not load", e);
        }
    }
}
