package io.cistern.app;

import io.cistern.breaker.Breakers;
import io.cistern.component.CisternComponent;
import io.cistern.http.UnboundHttpEngine;
import io.cistern.settings.BreakerSettings;
import io.cistern.settings.FeedSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.PropertyBindingSupport;

/**
 * Makes Camel contexts in which route files are tried: they know the components, beans, properties
 * and breakers that the live one knows, and start no route.
 */
final class TrialContexts implements Supplier<CamelContext> {
    private static final String COMPONENTS = "camel.component.";

    private final CamelContext live;
    private final BreakerSettings breakers;
    private final Supplier<CisternComponent> component;
    private final FeedSettings feedSettings;

    /**
     * @param live which beans and properties are lent from
     * @param component makes a {@code cistern:} component
     * @param feedSettings where events come from
     */
    TrialContexts(
            CamelContext live,
            BreakerSettings breakers,
            Supplier<CisternComponent> component,
            FeedSettings feedSettings) {
        this.live = live;
        this.breakers = breakers;
        this.component = component;
        this.feedSettings = feedSettings;
    }

    @Override
    public CamelContext get() {
        var context = new DefaultCamelContext(new TrialRegistry(live.getRegistry()));
        context.disableJMX();
        context.getCamelContextExtension().setName("cistern-trial");
        context.setAutoStartup(false);
        context.setStartupSummaryLevel(StartupSummaryLevel.Off);
        context.setApplicationContextClassLoader(live.getApplicationContextClassLoader());
        context.getRegistry()
                .bind(PlatformHttpConstants.PLATFORM_HTTP_ENGINE_NAME, new UnboundHttpEngine());
        context.getPropertiesComponent().addPropertiesSource(new LiveProperties());
        context.addLifecycleStrategy(new Configuration(context, componentOptions()));
        ContextSetup.apply(context, new Breakers(breakers), component.get());
        WarmingSetup.installTrial(context);
        FeedSetup.bind(context, feedSettings);
        context.start();
        return context;
    }

    private Map<String, Map<String, Object>> componentOptions() {
        var options = new HashMap<String, Map<String, Object>>();
        Properties properties =
                live.getPropertiesComponent().loadProperties(name -> name.startsWith(COMPONENTS));
        properties.forEach(
                (name, value) -> {
                    String[] parts = name.toString().substring(COMPONENTS.length()).split("\\.", 2);
                    if (parts.length == 2) {
                        options.computeIfAbsent(parts[0], any -> new HashMap<>())
                                .put(parts[1], value);
                    }
                });
        return options;
    }

    private final class LiveProperties implements PropertiesSource {
        @Override
        public String getName() {
            return "live";
        }

        @Override
        public String getProperty(String name) {
            return live.getPropertiesComponent().resolveProperty(name).orElse(null);
        }
    }

    /** Gives components the options that Camel's main gives those of the live context. */
    private static final class Configuration extends LifecycleStrategySupport {
        private final CamelContext context;
        private final Map<String, Map<String, Object>> options;

        Configuration(CamelContext context, Map<String, Map<String, Object>> options) {
            this.context = context;
            this.options = options;
        }

        @Override
        public void onComponentAdd(String name, Component component) {
            Map<String, Object> given = options.get(name);
            if (given != null) {
                PropertyBindingSupport.build()
                        .withCamelContext(context)
                        .withTarget(component)
                        .withConfigurer(component.getComponentPropertyConfigurer())
                        .withProperties(new HashMap<>(given))
                        .withIgnoreCase(true)
                        .bind();
            }
        }
    }
}
