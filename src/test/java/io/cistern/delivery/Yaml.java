package io.cistern.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** YAML as trees, with anchors and merges in their places. */
final class Yaml {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Yaml() {}

    static JsonNode read(Path file) throws IOException {
        return all(file).get(0);
    }

    /** Every document of a file. */
    static List<JsonNode> all(Path file) throws IOException {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        var parser = new org.yaml.snakeyaml.Yaml(new SafeConstructor(options));
        List<JsonNode> documents = new ArrayList<>();
        try (var reader = Files.newBufferedReader(file)) {
            parser.loadAll(reader).forEach(document -> documents.add(MAPPER.valueToTree(document)));
        }
        return documents;
    }
}
