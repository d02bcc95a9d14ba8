package io.cistern.cli;

import org.apache.camel.catalog.DefaultCamelCatalog;
import picocli.CommandLine.IVersionProvider;

/** The versions that matter for a bug report. */
final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "Cistern " + ofCistern(),
            "Apache Camel " + new DefaultCamelCatalog().getCatalogVersion(),
            "Java " + Runtime.version()
        };
    }

    /** As the manifest of the jar says. */
    static String ofCistern() {
        String version = Versions.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
