package io.cistern.testing;

import jakarta.jms.ConnectionFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** A real Artemis within the test's process, over TCP, with a journal on disk. */
public final class ArtemisBroker implements AutoCloseable {

    private static ArtemisBroker shared;

    private final String url;
    private final Path folder;
    private EmbeddedActiveMQ server;

    private ArtemisBroker() throws Exception {
        url = "tcp://127.0.0.1:" + Ports.free();
        folder = Files.createTempDirectory("cistern-artemis-");
        bringBack();
    }

    /** The one that all tests of this process share; queues keep them apart. */
    public static synchronized ArtemisBroker shared() {
        if (shared == null) {
            try {
                shared = new ArtemisBroker();
            } catch (Exception e) {
                throw new IllegalStateException("no Artemis", e);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
        }
        return shared;
    }

    public String url() {
        return url;
    }

    public ConnectionFactory connectionFactory() {
        return new ActiveMQConnectionFactory(url);
    }

    /** How many messages a queue holds, those included that somebody has and did not confirm. */
    public long count(String queue) {
        var found = server.getActiveMQServer().locateQueue(queue);
        return found == null ? 0 : found.getMessageCount();
    }

    /** The settings of what addresses match. */
    public AddressSettings settings(String match) {
        var settings = new AddressSettings().setMaxDeliveryAttempts(10);
        server.getActiveMQServer().getAddressSettingsRepository().addMatch(match, settings);
        return settings;
    }

    public void bringBack() throws Exception {
        var configuration =
                new ConfigurationImpl()
                        .setPersistenceEnabled(true)
                        .setJournalSyncTransactional(false)
                        .setJournalSyncNonTransactional(false)
                        .setJournalDirectory(folder.resolve("journal").toString())
                        .setBindingsDirectory(folder.resolve("bindings").toString())
                        .setLargeMessagesDirectory(folder.resolve("large").toString())
                        .setPagingDirectory(folder.resolve("paging").toString())
                        .setSecurityEnabled(false)
                        .setJMXManagementEnabled(false);
        configuration.addAcceptorConfiguration("tcp", url);
        // What is sent to a queue must not vanish because nobody reads it at the moment.
        configuration.addAddressSetting(
                "#",
                new AddressSettings().setAutoDeleteQueues(false).setAutoDeleteAddresses(false));
        server = new EmbeddedActiveMQ().setConfiguration(configuration);
        server.start();
    }

    public void stop() throws Exception {
        server.stop();
        server = null;
    }

    @Override
    public void close() {
        try {
            if (server != null) {
                stop();
            }
            try (var files = Files.walk(folder)) {
                for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
