package io.cistern.app;

import io.cistern.cache.Caches;
import io.cistern.component.OriginHeaders;
import io.cistern.settings.FeedSettings;
import io.cistern.settings.Settings;
import java.util.Optional;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.main.Main;
import org.springframework.data.redis.core.RedisTemplate;

/** What Camel's main is told before it starts, be it for good or for a trial. */
final class MainSetup {

    private MainSetup() {}

    /**
     * Names the file of properties, quiets Camel, and binds the beans that routes refer to.
     *
     * @param httpPort of the HTTP API, for routes that call it
     * @param feeds where events come from, for routes that read them
     * @param caches the bean {@code caches}
     * @param redis the bean {@code redisTemplate}; empty without Redis
     */
    static void apply(
            Main main,
            int httpPort,
            FeedSettings feeds,
            Caches caches,
            Optional<RedisTemplate<String, String>> redis) {
        main.setPropertyPlaceholderLocations("file:" + Settings.FILE + ";optional=true");
        var configuration = main.configure();
        // Measured: it costs a lookup more than all the rest of it.
        configuration.setJmxEnabled(false);
        configuration.setAutoConfigurationLogSummary(false);
        configuration.setStartupSummaryLevel(StartupSummaryLevel.Off);
        Defaults.all(httpPort).forEach(main::addInitialProperty);
        FeedSetup.properties(feeds).forEach(main::addInitialProperty);
        main.bind("caches", caches);
        main.bind("originHeaders", new OriginHeaders());
        main.bind(WarmingSetup.SCHEDULER, WarmingSetup.scheduler());
        redis.ifPresent(template -> main.bind("redisTemplate", template));
    }
}
