package io.cistern.settings;

import java.util.Arrays;
import java.util.List;

/**
 * Where a server listens.
 *
 * @param host name or address, an IPv6 one without brackets
 * @param port 1 to 65535
 */
public record HostAndPort(String host, int port) {

    /** As {@code host:port,host:port}. */
    static List<HostAndPort> list(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .map(HostAndPort::one)
                .distinct()
                .toList();
    }

    private static HostAndPort one(String text) {
        var colon = text.lastIndexOf(':');
        if (colon < 1 || text.indexOf(':') < colon && !text.startsWith("[")) {
            throw new IllegalArgumentException(
                    Quoted.value(text) + " is no address; expected host:port,host:port");
        }
        return new HostAndPort(
                Values.host(text.substring(0, colon)),
                Values.port().apply(text.substring(colon + 1)));
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
