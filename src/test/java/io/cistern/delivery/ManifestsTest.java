package io.cistern.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cistern.settings.Settings;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Kubernetes manifests against the types of their kinds, which refuse what they don't know. */
class ManifestsTest {
    private static final Path FOLDER = Path.of("config/kubernetes");
    private static final Map<String, Class<?>> TYPES =
            Map.of(
                    "v1/ServiceAccount", V1ServiceAccount.class,
                    "v1/ConfigMap", V1ConfigMap.class,
                    "v1/Service", V1Service.class,
                    "apps/v1/Deployment", V1Deployment.class,
                    "policy/v1/PodDisruptionBudget", V1PodDisruptionBudget.class,
                    "autoscaling/v2/HorizontalPodAutoscaler", V2HorizontalPodAutoscaler.class,
                    "networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy.class);

    /** Strict, where the model would keep what it does not know. */
    private static final ObjectMapper MONITORING =
            new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .setAnnotationIntrospector(
                            new JacksonAnnotationIntrospector() {
                                private static final long serialVersionUID = 1;

                                @Override
                                public Boolean hasAnySetter(Annotated annotated) {
                                    return false;
                                }
                            });

    private static final Map<String, JsonNode> BY_KIND = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        new JSON();
        try (var files = Files.list(FOLDER)) {
            for (var file : files.toList()) {
                for (var manifest : Yaml.all(file)) {
                    BY_KIND.put(manifest.path("kind").asText(), manifest);
                }
            }
        }
    }

    private static Object parse(JsonNode manifest) throws IOException {
        var kind = manifest.path("apiVersion").asText() + "/" + manifest.path("kind").asText();
        if (kind.equals("monitoring.coreos.com/v1/ServiceMonitor")) {
            return MONITORING.treeToValue(manifest, ServiceMonitor.class);
        }
        assertThat(TYPES).containsKey(kind);
        return JSON.getGson().fromJson(manifest.toString(), TYPES.get(kind));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ServiceAccount",
                "ConfigMap",
                "Deployment",
                "Service",
                "PodDisruptionBudget",
                "HorizontalPodAutoscaler",
                "NetworkPolicy",
                "ServiceMonitor"
            })
    void eachIsOfItsKind(String kind) throws Exception {
        var manifest = BY_KIND.get(kind);
        assertThat(manifest).as(kind).isNotNull();
        assertThat(parse(manifest)).isNotNull();

        var misspelt = (ObjectNode) manifest.deepCopy();
        var inner = misspelt.has("spec") ? misspelt.get("spec") : misspelt.get("metadata");
        ((ObjectNode) inner).put("selectr", "x");
        assertThatThrownBy(() -> parse(misspelt)).hasMessageContaining("selectr");
    }

    @Test
    void thereAreNoOthers() {
        assertThat(BY_KIND).hasSize(TYPES.size() + 1);
    }

    private static JsonNode pod() {
        return BY_KIND.get("Deployment").at("/spec/template/spec");
    }

    private static JsonNode container() {
        return pod().at("/containers/0");
    }

    @Test
    void theContainerMayDoLittle() {
        assertThat(pod().path("enableServiceLinks").asBoolean(true)).isFalse();
        assertThat(pod().path("automountServiceAccountToken").asBoolean(true)).isFalse();
        assertThat(pod().at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod().at("/securityContext/seccompProfile/type").asText())
                .isEqualTo("RuntimeDefault");
        var security = container().path("securityContext");
        assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(security.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(security.at("/capabilities/drop").toString()).isEqualTo("[\"ALL\"]");
        assertThat(container().path("image").asText()).matches(".+:\\d+\\.\\d+\\.\\d+");
        assertThat(container().at("/resources/limits/memory").asText()).isNotEmpty();
    }

    @Test
    void probesAskTheManagementPort() {
        for (var probe : new String[] {"startupProbe", "readinessProbe", "livenessProbe"}) {
            var http = container().path(probe).path("httpGet");
            assertThat(http.path("port").asText()).as(probe).isEqualTo("management");
            assertThat(http.path("path").asText()).startsWith("/observe/health/");
        }
        assertThat(container().at("/ports/1/name").asText()).isEqualTo("management");
        assertThat(container().at("/ports/1/containerPort").asInt()).isEqualTo(9876);
    }

    @Test
    void thereIsTimeToDrain() {
        var drain = 10;
        var sleep = container().at("/lifecycle/preStop/exec/command/1").asInt();
        assertThat(pod().path("terminationGracePeriodSeconds").asInt())
                .isGreaterThan(drain + sleep);
    }

    @Test
    void everythingSelectsThePods() {
        var labels = BY_KIND.get("Deployment").at("/spec/template/metadata/labels");
        assertThat(labels).isNotEmpty();
        assertThat(BY_KIND.get("Deployment").at("/spec/selector/matchLabels")).isEqualTo(labels);
        assertThat(BY_KIND.get("Service").at("/spec/selector")).isEqualTo(labels);
        assertThat(BY_KIND.get("PodDisruptionBudget").at("/spec/selector/matchLabels"))
                .isEqualTo(labels);
        assertThat(BY_KIND.get("NetworkPolicy").at("/spec/podSelector/matchLabels"))
                .isEqualTo(labels);
        assertThat(BY_KIND.get("ServiceMonitor").at("/spec/selector/matchLabels"))
                .isEqualTo(BY_KIND.get("Service").at("/metadata/labels"));
    }

    @Test
    void theConfigurationIsOneThatTheApplicationStartsWith() {
        Map<String, String> environment = new TreeMap<>();
        BY_KIND.get("ConfigMap")
                .path("data")
                .fields()
                .forEachRemaining(e -> environment.put(e.getKey(), e.getValue().asText()));
        assertThat(environment.remove("CISTERN_API_TOKENS")).isEqualTo("@/etc/cistern/api-tokens");
        // Of the secret.
        environment.put("REDIS_PASSWORD", "secret");

        var settings = Settings.load(environment, Path.of("nonexistent"));

        assertThat(settings.redis().named()).isTrue();
    }
}
