package io.cistern.settings;

import java.util.List;
import java.util.stream.Collectors;

/** How to find the Redis that holds the data. */
public sealed interface RedisPlace {

    /** For logs. */
    String text();

    /** One server, always the same. */
    record Server(HostAndPort at) implements RedisPlace {
        @Override
        public String text() {
            return at.toString();
        }
    }

    /**
     * The master of a service that Sentinels watch.
     *
     * @param hosts the Sentinels, at least one
     * @param service the name under which they know it
     * @param password of the Sentinels themselves, or {@link Secret#NONE}
     */
    record Sentinels(List<HostAndPort> hosts, String service, Secret password)
            implements RedisPlace {
        @Override
        public String text() {
            return service + " (by Sentinel at " + join(hosts) + ")";
        }
    }

    /**
     * A Redis Cluster.
     *
     * @param nodes some of its nodes, at least one
     */
    record Cluster(List<HostAndPort> nodes) implements RedisPlace {
        @Override
        public String text() {
            return "the cluster of " + join(nodes);
        }
    }

    private static String join(List<HostAndPort> places) {
        return places.stream().map(HostAndPort::toString).collect(Collectors.joining(","));
    }
}
