package io.cistern.testing;

import jakarta.jms.ConnectionFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerPlugin;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager;

/** A real Artemis within the test's process, over TCP, with a journal on disk. */
public final class ArtemisBroker implements AutoCloseable {

    private static ArtemisBroker shared;

    private final String url;
    private final Path folder;
    private final ActiveMQSecurityManager security;
    private EmbeddedActiveMQ server;

    private ArtemisBroker(ActiveMQSecurityManager security) throws Exception {
        this.security = security;
        url = "tcp://127.0.0.1:" + Ports.free();
        folder = Files.createTempDirectory("cistern-artemis-");
        bringBack();
    }

    /** The one that all tests of this process share; queues keep them apart. */
    public static synchronized ArtemisBroker shared() {
        if (shared == null) {
            try {
                shared = new ArtemisBroker(null);
            } catch (Exception e) {
                throw new IllegalStateException("no Artemis", e);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
        }
        return shared;
    }

    /** One of its own, which only this user may use. */
    public static ArtemisBroker securedFor(String user, String password) throws Exception {
        return new ArtemisBroker(
                new ActiveMQSecurityManager() {
                    @Override
                    public boolean validateUser(String who, String proof) {
                        return user.equals(who) && password.equals(proof);
                    }

                    @Override
                    public boolean validateUserAndRole(
                            String who, String proof, Set<Role> roles, CheckType check) {
                        return validateUser(who, proof);
                    }
                });
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

    /**
     * Refuses what is sent to a queue, until that is undone.
     *
     * @param longerThan bytes of body that are still taken
     * @return undoes it
     */
    public Runnable refuse(String queue, int longerThan) {
        var plugin =
                new ActiveMQServerPlugin() {
                    @Override
                    public void beforeSend(
                            ServerSession session,
                            Transaction transaction,
                            Message message,
                            boolean direct,
                            boolean noAutoCreateQueue)
                            throws ActiveMQException {
                        if (message.getAddress().equals(queue)
                                && message.toCore().getBodyBufferSize() > longerThan) {
                            throw new ActiveMQException("this queue does not take it");
                        }
                    }
                };
        server.getActiveMQServer().registerBrokerPlugin(plugin);
        return () -> server.getActiveMQServer().unRegisterBrokerPlugin(plugin);
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
                        .setSecurityEnabled(security != null)
                        .setJMXManagementEnabled(false);
        configuration.addAcceptorConfiguration("tcp", url);
        // What is sent to a queue must not vanish because nobody reads it at the moment.
        configuration.addAddressSetting(
                "#",
                new AddressSettings().setAutoDeleteQueues(false).setAutoDeleteAddresses(false));
        server = new EmbeddedActiveMQ().setConfiguration(configuration);
        server.setSecurityManager(security);
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
