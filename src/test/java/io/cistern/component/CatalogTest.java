package io.cistern.component;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.catalog.maven.ComponentArtifactHelper;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.tooling.model.BaseOptionModel;
import org.apache.camel.tooling.model.JsonMapper;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What Camel's tools, which look into a jar without running it, find of the component. */
class CatalogTest {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogTest.class);

    @Test
    void toolsFindTheComponentWithItsOptions() throws IOException {
        var catalog = new DefaultCamelCatalog();
        try (var jar = ours()) {
            var found = ComponentArtifactHelper.loadComponentProperties(jar, LOG);
            assertThat(found)
                    .containsEntry("components", "cistern")
                    .containsEntry("groupId", "io.cistern")
                    .containsEntry("artifactId", "cistern")
                    .containsKeys("version", "projectName", "projectDescription");
            for (var scheme : found.getProperty("components").split(" ")) {
                catalog.addComponent(
                        scheme,
                        ComponentArtifactHelper.extractComponentJavaType(jar, scheme, LOG),
                        ComponentArtifactHelper.loadComponentJSonSchema(jar, scheme, LOG));
            }
        }

        assertThat(catalog.findComponentNames()).contains("cistern", "sql");
        var model = catalog.componentModel("cistern");
        assertThat(model.getJavaType()).isEqualTo(CisternComponent.class.getName());
        assertThat(model.getGroupId() + ":" + model.getArtifactId())
                .isEqualTo("io.cistern:cistern");
        assertThat(model.getEndpointOptions())
                .extracting(BaseOptionModel::getName)
                .contains("name", "ttl", "maxStale", "batchSize", "operation");
        assertThat(catalog.validateEndpointProperties("cistern:places?ttl=10m&tll=1m").getUnknown())
                .containsExactly("tll");
    }

    @Test
    void runningContextTellsTheOptions() throws Exception {
        try (var context = new DefaultCamelContext()) {
            var json = PluginHelper.getRuntimeCamelCatalog(context).componentJSonSchema("cistern");

            assertThat(JsonMapper.generateComponentModel(json).getEndpointOptions())
                    .extracting(BaseOptionModel::getName)
                    .contains("ttl", "operation");
        }
    }

    /** Only what is in our jar, as a tool sees it that opens a jar by itself. */
    private static URLClassLoader ours() {
        var location = CisternComponent.class.getProtectionDomain().getCodeSource().getLocation();
        return new URLClassLoader(new URL[] {location}, ClassLoader.getPlatformClassLoader());
    }
}
