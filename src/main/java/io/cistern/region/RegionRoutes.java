package io.cistern.region;

import io.cistern.breaker.Breakers;
import io.cistern.invalidation.feed.Delivery;
import io.cistern.settings.KafkaSettings;
import java.util.List;
import java.util.function.Predicate;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.RoutePolicySupport;

/** The routes by which a region tells others, and hears from them. */
public final class RegionRoutes extends RouteBuilder {

    /** The id of the route that hears, which is the name of its feed as well. */
    public static final String RECEIVE = "region-receive";

    private static final String SEND = "direct:region-send?block=false";

    /** What a killed instance would have taken waits for so long; the least that brokers allow. */
    private static final int SESSION_MILLIS = 6_000;

    private static final int HEARTBEAT_MILLIS = 2_000;

    /** A partition that was added is read after this time at the latest. */
    private static final int METADATA_MILLIS = 10_000;

    /** A failure of what only asks whether writing works again is no news for the breaker. */
    private static final Predicate<Throwable> NONE_COUNTS = failure -> false;

    private final RegionSender sender;
    private final RegionFeed feed;
    private final RegionTopic topic;
    private final String uri;

    /**
     * @param sender what is told
     * @param feed what is heard
     * @param kafka which Kafka
     * @param topic which of its topics
     * @param region what this region is called among those that write to it
     * @param identity tells it from another one that is called the same
     */
    public RegionRoutes(
            RegionSender sender,
            RegionFeed feed,
            KafkaSettings kafka,
            String topic,
            String region,
            Identity identity) {
        this.sender = sender;
        this.feed = feed;
        this.topic = new RegionTopic(kafka, topic, region, identity);
        this.uri = uri(topic, region);
    }

    /**
     * What a region is called among all that write to a topic.
     *
     * @param namespace which keeps several Cisterns on one Redis apart
     * @param region its name
     */
    public static String name(String namespace, String region) {
        return namespace + "/" + region;
    }

    /**
     * What the group of a region's consumers begins with. What tells the region follows, so that
     * two that are called the same don't share between them what each has to hear.
     *
     * @param region as {@link #name} gives it
     */
    public static String group(String topic, String region) {
        return topic + "/" + region;
    }

    private static String uri(String topic, String region) {
        return "kafka:%s?additionalProperties.metadata.max.age.ms=%d&autoOffsetReset=none&groupId=%s&heartbeatIntervalMs=%d&sessionTimeoutMs=%d"
                .formatted(
                        topic,
                        METADATA_MILLIS,
                        group(topic, region),
                        HEARTBEAT_MILLIS,
                        SESSION_MILLIS);
    }

    @Override
    public void configure() {
        from(SEND)
                .routeId("region-send")
                .routePolicy(new SendWhileRunning())
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("region-send-breaker")
                .process(this::write)
                .id("region-send-records")
                .end();

        from(uri)
                .routeId(RECEIVE)
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("region-receive-breaker")
                .process(this::read)
                .id("region-receive-events")
                .end();
    }

    @SuppressWarnings("unchecked")
    private void write(Exchange exchange) throws Exception {
        topic.write(exchange.getMessage().getBody(List.class));
    }

    private void read(Exchange exchange) {
        var message = exchange.getMessage();
        feed.read(
                message.getHeader(RegionTopic.REGION, String.class),
                message.getHeader(RegionTopic.IDENTITY, String.class),
                message.getHeader(KafkaConstants.TIMESTAMP, Long.class),
                message.getBody(byte[].class),
                Delivery.of(exchange));
    }

    /** Without its route the sender would find nobody to send to. */
    private final class SendWhileRunning extends RoutePolicySupport {
        private ProducerTemplate producer;
        private Endpoint endpoint;

        @Override
        public void onStart(Route route) {
            producer = route.getCamelContext().createProducerTemplate();
            endpoint = route.getCamelContext().getEndpoint(SEND);
            sender.start(this::publish);
        }

        @Override
        public void onStop(Route route) {
            sender.stop();
            topic.close();
            // A start that failed elsewhere stops what never started.
            if (producer != null) {
                producer.stop();
            }
        }

        private Throwable publish(List<Told> told) {
            return producer.send(
                            endpoint,
                            exchange -> {
                                exchange.getMessage().setBody(told);
                                if (told.isEmpty()) {
                                    exchange.setProperty(Breakers.JUDGE, NONE_COUNTS);
                                }
                            })
                    .getException();
        }
    }
}
