package io.cistern.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.app.Instance;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Runs every example of docs/validity.md as it stands there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ValidityExamplesIT {

    private static final String ENVIRONMENT = "Cistern-Environment";
    private static final String MADE = "cores=8, start-method=\"fork\", memory=17179869184";

    private Instance instance;

    @BeforeAll
    void start() throws IOException {
        var builder = Instance.inMemory();
        for (var example : Markdown.read("validity.md").blocks("yaml")) {
            var name = example.file().getFileName().toString();
            builder.route(name.replace(".camel.yaml", ""), example.text());
        }
        instance = builder.start();
    }

    @AfterAll
    void stop() {
        instance.close();
    }

    @Test
    void fingerprints() {
        assertThat(instance.lookup("quotes", "a").text()).isEqualTo("for a");
        assertThat(
                        instance.get(Instance.entry("quotes", "a") + "/metadata")
                                .json()
                                .path("fingerprint")
                                .asText())
                .hasSizeGreaterThan(64);
    }

    @Test
    void environments() {
        assertThat(instance.lookup("plans", "a", ENVIRONMENT, MADE).text())
                .isEqualTo("made for 8 cores");

        var metadata =
                instance.get(Instance.entry("plans", "a") + "/metadata", ENVIRONMENT, "cores=4")
                        .json();

        var page = metadata.path("variants").get(0).path("because");
        assertThat(page).hasSize(3);
        assertThat(page.get(0).asText()).isEqualTo("cores: made with 8, asked with 4");
        assertThat(page.get(1).asText()).isEqualTo("start-method: made with fork, asked with none");
        assertThat(page.get(2).asText())
                .isEqualTo("memory: made with 17179869184, asked with none");
    }

    @Test
    void buckets() {
        assertThat(instance.lookup("estimates", "f1:1500:0.2").text())
                .isEqualTo("for f1:medium:moderate");
        assertThat(instance.lookup("estimates", "f1:1000:900ms").cacheStatus()).contains("hit");
    }
}
