package io.cistern.settings;

import java.util.List;
import java.util.OptionalInt;

/**
 * The HTTP side.
 *
 * @param port of the API
 * @param managementPort of health and metrics
 * @param tokens who may change something; empty: changes are allowed from loopback only
 * @param rateLimit requests a second for each client; empty: no limit
 */
public record HttpSettings(
        int port, int managementPort, List<ApiToken> tokens, OptionalInt rateLimit) {
    public HttpSettings {
        tokens = List.copyOf(tokens);
    }
}
