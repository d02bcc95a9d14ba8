package io.cistern.backplane;

import io.cistern.breaker.Breakers;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Endpoint;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.redis.RedisConstants;
import org.apache.camel.support.RoutePolicySupport;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * The routes by which news go to Redis and come from it. The registry has to hold a template for
 * texts named {@code redisTemplate}.
 */
public final class BackplaneRoutes extends RouteBuilder {

    private static final String SEND = "direct:cistern-backplane-send?block=false";
    private static final String LISTENERS = "backplaneListeners";
    private static final String TEXT = "backplaneText";

    private final RedisBackplane backplane;
    private final String channel;
    private final RedisMessageListenerContainer listeners;

    /**
     * @param backplane what is sent and who hears
     * @param channel on which instances tell each other, as {@link #channel} names it
     * @param listeners handles messages by {@link RedisBackplane#inbox()}
     */
    public BackplaneRoutes(
            RedisBackplane backplane, String channel, RedisMessageListenerContainer listeners) {
        this.backplane = backplane;
        this.channel = channel;
        this.listeners = listeners;
    }

    /**
     * The channel of all instances that share the same entries. Redis's channels, other than its
     * keys, belong to all databases of a server.
     *
     * @param prefix what every key begins with; the channel, too, where it is made of letters,
     *     digits and {@code :._-*}
     * @param namespace which keeps several Cisterns on one Redis apart
     * @param database the number of the database
     */
    public static String channel(String prefix, String namespace, int database) {
        // The component splits at commas, and takes the rest from an URI, where even RAW() makes
        // %25 a percent sign.
        var name = URLEncoder.encode(prefix + namespace, StandardCharsets.UTF_8);
        return name.replace("%3A", ":").replace('%', '!') + ":backplane:" + database;
    }

    @Override
    public void configure() {
        getContext().getRegistry().bind(LISTENERS, listeners);
        getContext().getRegistry().bind(TEXT, RedisSerializer.string());

        from(SEND)
                .routeId("backplane-send")
                .routePolicy(new SendWhileRunning())
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("backplane-send-breaker")
                .setHeader(RedisConstants.CHANNEL, constant(channel))
                .id("backplane-send-channel")
                .setHeader(RedisConstants.MESSAGE, body())
                .id("backplane-send-message")
                .to("spring-redis:backplane?command=PUBLISH&redisTemplate=#bean:redisTemplate")
                .id("backplane-send-publish")
                .end();

        from("spring-redis:backplane?command=SUBSCRIBE&redisTemplate=#bean:redisTemplate"
                        + "&listenerContainer=#bean:"
                        + LISTENERS
                        + "&serializer=#bean:"
                        + TEXT
                        + "&channels=RAW("
                        + channel
                        + ")")
                .routeId("backplane-receive")
                .circuitBreaker()
                .configuration(Breakers.CONFIGURATION)
                .id("backplane-receive-breaker")
                .process(exchange -> backplane.receive(exchange.getMessage().getBody(String.class)))
                .id("backplane-receive-news")
                .end();
    }

    /** Without its route the sender would find nobody to send to. */
    private final class SendWhileRunning extends RoutePolicySupport {
        private ProducerTemplate producer;
        private Endpoint endpoint;

        @Override
        public void onStart(Route route) {
            producer = route.getCamelContext().createProducerTemplate();
            endpoint = route.getCamelContext().getEndpoint(SEND);
            backplane.startSending(this::publish);
        }

        @Override
        public void onStop(Route route) {
            backplane.stopSending();
            // A start that failed elsewhere stops what never started.
            if (producer != null) {
                producer.stop();
            }
        }

        private boolean publish(String message) {
            var sent = producer.send(endpoint, exchange -> exchange.getMessage().setBody(message));
            return sent.getException() == null;
        }
    }
}
