package io.cistern.app;

import java.util.Map;
import java.util.stream.Collectors;

/** Routes of test caches, as users write them. */
public final class Routes {

    private Routes() {}

    /** A cache whose origin is {@code GET /items/{key}}. */
    public static String http(String name, CountingOrigin origin, Map<String, ?> options) {
        return begin(name, options)
                + """
                      steps:
                        - setHeader: { name: CamelHttpPath, simple: "/${header.CisternKeyEncoded}" }
                        - to:
                            uri: %s/items
                            parameters: { okStatusCodeRange: "200-299,404,410" }
                """
                        .formatted(origin.url());
    }

    /** A cache whose origin is {@code POST /batch}. */
    public static String batch(String name, CountingOrigin origin, Map<String, ?> options) {
        return begin(name, options)
                + """
                      steps:
                        - marshal: { json: {} }
                        - setHeader: { name: CamelHttpMethod, constant: POST }
                        - to: { uri: "%s/batch" }
                        - unmarshal: { json: {} }
                """
                        .formatted(origin.url());
    }

    /** A cache whose values are what a simple expression gives. */
    public static String simple(String name, String expression, Map<String, ?> options) {
        return begin(name, options)
                + """
                      steps:
                        - setBody: { simple: '%s' }
                """
                        .formatted(expression);
    }

    /** A cache whose steps are given, each line of them indented by eight spaces. */
    public static String steps(String name, Map<String, ?> options, String steps) {
        return begin(name, options) + "      steps:\n" + steps.indent(8);
    }

    private static String begin(String name, Map<String, ?> options) {
        return """
                - route:
                    id: %s
                    from:
                      uri: cistern:%s
                """
                        .formatted(name, name)
                + (options.isEmpty()
                        ? ""
                        : options.entrySet().stream()
                                .map(
                                        option ->
                                                "        %s: \"%s\"\n"
                                                        .formatted(
                                                                option.getKey(), option.getValue()))
                                .collect(Collectors.joining("", "      parameters:\n", "")));
    }
}
