package io.cistern.invalidation.feed.jms;

import io.cistern.invalidation.feed.Failures;
import io.cistern.settings.JmsSettings;
import jakarta.jms.JMSSecurityException;

/** What people are told of a broker that can't be used, with the setting that may be to blame. */
final class JmsReasons {

    private final String broker;

    JmsReasons(JmsSettings jms) {
        broker = jms.brokerUrl().isPresent() ? "JMS_BROKER_URL" : "CISTERN_JMS_CONNECTION_FACTORY";
    }

    /** Why there is no connection. */
    String ofConnecting(Throwable failure) {
        return Failures.reason(failure)
                + (failure instanceof JMSSecurityException
                        ? Failures.see("JMS_USERNAME", "JMS_PASSWORD")
                        : Failures.see(broker));
    }
}
