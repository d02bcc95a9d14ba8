package io.cistern.redis;

import io.cistern.settings.HostAndPort;
import io.cistern.settings.RedisPlace;
import io.cistern.settings.RedisSettings;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration.WithAuthentication;
import org.springframework.data.redis.connection.RedisConfiguration.WithDatabaseIndex;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration.LettuceClientConfigurationBuilder;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettucePoolingClientConfiguration;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Spring's way to the same Redis, over the same threads and options, from a bounded pool. */
final class SpringConnections implements AutoCloseable {
    private final GuardedFactory factory;
    private final StringRedisTemplate template;

    SpringConnections(
            RedisSettings settings,
            ClientResources resources,
            ClientOptions options,
            RedisLink link,
            int poolSize) {
        factory =
                new GuardedFactory(
                        place(settings), client(settings, resources, options, poolSize), link);
        // A shared connection would not be made anew when it breaks; pooled ones are, when
        // borrowed.
        factory.setShareNativeConnection(false);
        factory.afterPropertiesSet();
        template = new StringRedisTemplate(factory);
    }

    /** One that makes a new connection for each that is asked for, and watches none of them. */
    static LettuceConnectionFactory unpooled(
            RedisSettings settings, ClientResources resources, ClientOptions options) {
        var client =
                common(LettuceClientConfiguration.builder(), settings, resources, options).build();
        var factory = new LettuceConnectionFactory(place(settings), client);
        factory.setShareNativeConnection(false);
        factory.afterPropertiesSet();
        return factory;
    }

    RedisTemplate<String, String> template() {
        return template;
    }

    @Override
    public void close() {
        factory.destroy();
    }

    private static RedisConfiguration place(RedisSettings settings) {
        if (settings.place() instanceof RedisPlace.Sentinels sentinels) {
            return sentinels(settings, sentinels);
        }
        if (settings.place() instanceof RedisPlace.Cluster cluster) {
            return cluster(settings, cluster);
        }
        return server(settings, ((RedisPlace.Server) settings.place()).at());
    }

    private static RedisSentinelConfiguration sentinels(
            RedisSettings settings, RedisPlace.Sentinels place) {
        var sentinels = new RedisSentinelConfiguration().master(place.service());
        place.hosts().forEach(at -> sentinels.sentinel(at.host(), at.port()));
        if (place.password().isPresent()) {
            sentinels.setSentinelPassword(place.password().reveal());
        }
        return login(sentinels, settings);
    }

    private static RedisClusterConfiguration cluster(
            RedisSettings settings, RedisPlace.Cluster place) {
        var cluster = new RedisClusterConfiguration();
        place.nodes().forEach(at -> cluster.clusterNode(at.host(), at.port()));
        return login(cluster, settings);
    }

    private static RedisStandaloneConfiguration server(RedisSettings settings, HostAndPort at) {
        return login(new RedisStandaloneConfiguration(at.host(), at.port()), settings);
    }

    /** As whom, and into which database; of the server that holds the data. */
    private static <T extends WithAuthentication> T login(T server, RedisSettings settings) {
        if (server instanceof WithDatabaseIndex withDatabase) {
            withDatabase.setDatabase(settings.database());
        }
        settings.username().ifPresent(server::setUsername);
        if (settings.password().isPresent()) {
            server.setPassword(settings.password().reveal());
        }
        return server;
    }

    private static LettuceClientConfiguration client(
            RedisSettings settings, ClientResources resources, ClientOptions options, int size) {
        var pool = new GenericObjectPoolConfig<StatefulConnection<?, ?>>();
        pool.setMaxTotal(size);
        pool.setMaxIdle(size);
        pool.setMaxWait(settings.socketTimeout());
        pool.setTestOnBorrow(true);
        pool.setJmxEnabled(false);
        var builder = LettucePoolingClientConfiguration.builder().poolConfig(pool);
        return common(builder, settings, resources, options).build();
    }

    private static LettuceClientConfigurationBuilder common(
            LettuceClientConfigurationBuilder builder,
            RedisSettings settings,
            ClientResources resources,
            ClientOptions options) {
        if (settings.tls().isPresent()) {
            builder.useSsl();
        }
        return builder.clientResources(resources)
                .clientOptions(
                        settings.place() instanceof RedisPlace.Cluster
                                ? LettuceSetup.ofCluster(options)
                                : options)
                .clientName(LettuceSetup.CLIENT_NAME)
                .commandTimeout(settings.socketTimeout())
                .shutdownQuietPeriod(Duration.ZERO);
    }

    /** Refuses at once while Redis is away, where Spring would try to connect in the call. */
    private static final class GuardedFactory extends LettuceConnectionFactory {
        private final RedisLink link;

        GuardedFactory(
                RedisConfiguration place, LettuceClientConfiguration client, RedisLink link) {
            super(place, client);
            this.link = link;
        }

        @Override
        public RedisConnection getConnection() {
            if (!link.isUp()) {
                var unavailable = link.unavailable();
                throw new RedisConnectionFailureException(unavailable.getMessage(), unavailable);
            }
            return super.getConnection();
        }
    }
}
