package io.cistern.settings;

import java.util.regex.Pattern;

/**
 * The variables that Kubernetes sets in every container for each service of its namespace. A
 * service called {@code redis} gives {@code REDIS_PORT=tcp://10.0.0.7:6379}, which is no setting.
 */
final class ServiceLinks {
    private static final Pattern NAME =
            Pattern.compile(
                    ".+_SERVICE_(HOST|PORT(_.+)?)|.+_PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");
    private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private ServiceLinks() {}

    static boolean isOne(String name, String value) {
        return NAME.matcher(name).matches()
                || name.endsWith("_PORT") && ADDRESS.matcher(value).matches();
    }
}
