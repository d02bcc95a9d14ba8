package io.cistern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.tooling.model.ComponentModel;
import org.apache.camel.util.URISupport;

/** Which endpoint a step means: its URI without options. */
final class EndpointName {
    private final CamelCatalog catalog = new DefaultCamelCatalog(true);

    /**
     * @param endpoint a URI, or a mapping with {@code uri} and {@code parameters}
     * @return null where there is no URI
     */
    String of(JsonNode endpoint) {
        JsonNode uri = endpoint.isTextual() ? endpoint : endpoint.path("uri");
        if (!uri.isTextual()) {
            return null;
        }
        String name = uri.textValue().strip().replaceFirst("(?s)\\?.*", "");
        if (!name.contains(":")) {
            name = withPath(name, endpoint.path("parameters"));
        }
        return URISupport.sanitizeUri(name).replaceAll("\\s+", " ").strip();
    }

    /** The path of a URI may stand among the parameters. */
    private String withPath(String scheme, JsonNode parameters) {
        ComponentModel model = catalog.componentModel(scheme);
        if (model == null) {
            return scheme;
        }
        Map<String, String> path = new HashMap<>();
        for (var option : model.getEndpointPathOptions()) {
            JsonNode value = parameters.path(option.getName());
            if (value.isTextual()) {
                path.put(option.getName(), value.textValue());
            }
        }
        try {
            String uri = path.isEmpty() ? null : catalog.asEndpointUri(scheme, path, false);
            return uri == null ? scheme : uri;
        } catch (URISyntaxException e) {
            return scheme; // a part of it is not given, or is known only to the running application
        }
    }
}
