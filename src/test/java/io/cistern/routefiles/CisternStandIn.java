package io.cistern.routefiles;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A few options of {@code cistern:}, so that the check is tested apart from the component. */
final class CisternStandIn {
    private CisternStandIn() {}

    static String metadata(String scheme) {
        if (!scheme.equals("cistern")) {
            return null;
        }
        try (var stream =
                CisternStandIn.class.getResourceAsStream("/routefiles/cistern-stand-in.json")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
