package io.cistern.redis;

import io.cistern.settings.HostAndPort;
import io.cistern.settings.RedisPlace;
import io.cistern.settings.RedisSettings;
import io.cistern.settings.TlsFiles;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.time.Duration;

/** How Lettuce is set up here, for the store and for Spring alike. */
final class LettuceSetup {
    static final String CLIENT_NAME = "cistern";

    /** What one connection holds at most; beyond that commands are refused, not queued. */
    private static final int COMMANDS_IN_FLIGHT = 16_384;

    private static final int FLUSH_AFTER = 256;
    private static final int IO_THREADS = 2;
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);
    private static final Duration REFRESH = Duration.ofSeconds(5);

    private LettuceSetup() {}

    static ClientResources resources() {
        return DefaultClientResources.builder()
                .ioThreadPoolSize(IO_THREADS)
                .computationThreadPoolSize(IO_THREADS)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .nettyCustomizer(
                        new NettyCustomizer() {
                            @Override
                            public void afterChannelInitialized(Channel channel) {
                                // One system call for all commands that are written while an
                                // answer is read.
                                channel.pipeline()
                                        .addFirst(new FlushConsolidationHandler(FLUSH_AFTER, true));
                            }
                        })
                .build();
    }

    static ClientOptions options(RedisSettings settings) {
        return ClientOptions.builder()
                .sslOptions(settings.tls().map(LettuceSetup::tls).orElseGet(SslOptions::create))
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(COMMANDS_IN_FLIGHT)
                .timeoutOptions(TimeoutOptions.enabled(settings.socketTimeout()))
                .socketOptions(
                        SocketOptions.builder()
                                .connectTimeout(settings.connectTimeout())
                                .tcpNoDelay(true)
                                .keepAlive(
                                        KeepAliveOptions.builder()
                                                .enable()
                                                .idle(KEEP_ALIVE)
                                                .interval(KEEP_ALIVE.dividedBy(3))
                                                .count(3)
                                                .build())
                                .build())
                .build();
    }

    /**
     * The same for connections of Spring that lead to a whole Cluster: behind each there are those
     * to its nodes, which only Lettuce can make anew.
     */
    static ClusterClientOptions ofCluster(ClientOptions options) {
        return ClusterClientOptions.builder(options)
                .autoReconnect(true)
                .topologyRefreshOptions(
                        ClusterTopologyRefreshOptions.builder()
                                .enablePeriodicRefresh(REFRESH)
                                .enableAllAdaptiveRefreshTriggers()
                                .build())
                .build();
    }

    private static SslOptions tls(TlsFiles files) {
        var options = SslOptions.builder().jdkSslProvider();
        files.authorities().ifPresent(pem -> options.trustManager(pem.toFile()));
        if (files.certificate().isPresent() && files.key().isPresent()) {
            options.keyManager(
                    files.certificate().get().toFile(), files.key().get().toFile(), null);
        }
        return options.build();
    }

    /** A server that holds data. */
    static RedisURI uri(RedisSettings settings, HostAndPort at) {
        var uri =
                RedisURI.builder()
                        .withHost(at.host())
                        .withPort(at.port())
                        .withSsl(settings.tls().isPresent())
                        .withVerifyPeer(SslVerifyMode.FULL)
                        .withDatabase(settings.database())
                        .withTimeout(settings.socketTimeout())
                        .withClientName(CLIENT_NAME);
        if (settings.username().isPresent()) {
            uri.withAuthentication(
                    settings.username().get(), settings.password().reveal().toCharArray());
        } else if (settings.password().isPresent()) {
            uri.withPassword(settings.password().reveal().toCharArray());
        }
        return uri.build();
    }

    /** A Sentinel. */
    static RedisURI uri(RedisSettings settings, HostAndPort at, RedisPlace.Sentinels place) {
        var sentinel =
                RedisURI.builder()
                        .withHost(at.host())
                        .withPort(at.port())
                        .withSsl(settings.tls().isPresent())
                        .withVerifyPeer(SslVerifyMode.FULL)
                        .withTimeout(settings.socketTimeout())
                        .withClientName(CLIENT_NAME);
        if (place.password().isPresent()) {
            sentinel.withPassword(place.password().reveal().toCharArray());
        }
        return sentinel.build();
    }
}
