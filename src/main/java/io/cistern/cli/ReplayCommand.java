package io.cistern.cli;

import io.cistern.invalidation.feed.Replayed;
import io.cistern.invalidation.feed.jms.JmsReplay;
import io.cistern.invalidation.feed.kafka.KafkaReplay;
import io.cistern.settings.Settings;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends dead letters of invalidation back to where they came from. */
@Command(
        name = "replay",
        description = "Sends the dead letters of invalidation back to where they came from.",
        exitCodeList = {
            "0:All that were whole have been sent back; how many is on standard output.",
            "2:The arguments are wrong, or the broker did not take one of them."
        })
final class ReplayCommand implements Callable<Integer> {

    private final Cli cli;

    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "BROKER",
            description = "Whose dead letters: ${COMPLETION-CANDIDATES}; as the settings name it.")
    private Broker broker;

    ReplayCommand(Cli cli) {
        this.cli = cli;
    }

    enum Broker {
        KAFKA,
        JMS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public Integer call() throws Exception {
        var feeds = Settings.load(cli.environment(), cli.propertiesFile()).feeds();
        Replayed replayed;
        if (broker == Broker.KAFKA) {
            if (!feeds.kafka().named()) {
                throw new IllegalStateException("KAFKA_BROKERS names no Kafka");
            }
            replayed = KafkaReplay.run(feeds);
        } else {
            if (feeds.jms().connectionFactory().isPresent()) {
                throw new IllegalStateException(
                        "replay does not know the beans that CISTERN_JMS_CONNECTION_FACTORY names,"
                                + " only an Artemis that JMS_BROKER_URL names");
            }
            if (!feeds.jms().brokerUrl().isPresent()) {
                throw new IllegalStateException("JMS_BROKER_URL names no Artemis");
            }
            replayed = JmsReplay.run(feeds);
        }
        spec.commandLine()
                .getOut()
                .println(
                        "%d sent back, %d left because only their beginning was kept"
                                .formatted(replayed.sent(), replayed.left()));
        spec.commandLine().getOut().flush();
        return Cli.OK;
    }
}
