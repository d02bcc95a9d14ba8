package io.cistern.component;

import io.cistern.cache.Caches;
import io.cistern.cache.entry.Environment;
import io.cistern.validity.InstanceEnvironment;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Function;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.service.ServiceHelper;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;

/** The {@code cistern:} component. It finds the {@link Caches} in the registry. */
@Component("cistern")
public class CisternComponent extends DefaultComponent {

    /** Enough for a few origins that hang with all their calls, without starving the others. */
    private static final int DEFAULT_LOADERS = 256;

    @Metadata(
            label = "advanced",
            description = "The caches; those in the registry where nothing is set.",
            autowired = true)
    private Caches caches;

    @Metadata(
            label = "consumer",
            description = "The time to live of caches that set none.",
            defaultValue = "1h",
            javaType = "java.time.Duration")
    private String defaultTtl = "1h";

    @Metadata(
            label = "consumer,advanced",
            description = "How many threads call origins at most, over all caches.",
            defaultValue = "256")
    private int maxLoaders = DEFAULT_LOADERS;

    @Metadata(
            label = "consumer,advanced",
            description =
                    "Tells how long to wait after a failure that means that the origin was not"
                            + " asked, such as an open circuit breaker.")
    private Function<Throwable, Optional<Duration>> refusals = any -> Optional.empty();

    @Metadata(
            label = "consumer,advanced",
            description =
                    "The environment of this instance, for caches with environmentFrom=instance.")
    private Environment environment = InstanceEnvironment.with(Environment.NONE);

    private final LoadBudget budget = LoadBudget.ofHeap();
    private ThreadPoolExecutor loaders;
    private RouteWatches watches;

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
            throws Exception {
        var endpoint = new CisternEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        endpoint.policy();
        return endpoint;
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        if (caches == null) {
            caches = CamelContextHelper.mandatoryFindSingleByType(getCamelContext(), Caches.class);
        }
        watches = new RouteWatches(getCamelContext());
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        ServiceHelper.startService(watches);
    }

    @Override
    protected void doStop() throws Exception {
        ServiceHelper.stopAndShutdownService(watches);
        if (loaders != null) {
            getCamelContext().getExecutorServiceManager().shutdown(loaders);
            loaders = null;
        }
        super.doStop();
    }

    /** Those that look after the fingerprints of routes. */
    RouteWatches watches() {
        return watches;
    }

    LoadBudget budget() {
        return budget;
    }

    /** The threads that call origins; made when the first route needs them. */
    synchronized ThreadPoolExecutor loaders() {
        if (loaders == null) {
            var profile = new ThreadPoolProfile("cistern-origin");
            profile.setPoolSize(maxLoaders);
            profile.setMaxPoolSize(maxLoaders);
            profile.setAllowCoreThreadTimeOut(true);
            profile.setKeepAliveTime(30L);
            // The gates of the caches hold back what is too much; this only bounds their sum.
            profile.setMaxQueueSize(10_000);
            profile.setRejectedPolicy(ThreadPoolRejectedPolicy.Abort);
            loaders =
                    (ThreadPoolExecutor)
                            getCamelContext()
                                    .getExecutorServiceManager()
                                    .newThreadPool(this, "cistern-origin", profile);
        }
        return loaders;
    }

    public Caches getCaches() {
        return caches;
    }

    public void setCaches(Caches caches) {
        this.caches = caches;
    }

    public String getDefaultTtl() {
        return defaultTtl;
    }

    public void setDefaultTtl(String defaultTtl) {
        this.defaultTtl = defaultTtl;
    }

    public int getMaxLoaders() {
        return maxLoaders;
    }

    public void setMaxLoaders(int maxLoaders) {
        this.maxLoaders = maxLoaders;
    }

    public Environment getEnvironment() {
        return environment;
    }

    public void setEnvironment(Environment environment) {
        this.environment = environment;
    }

    public Function<Throwable, Optional<Duration>> getRefusals() {
        return refusals;
    }

    public void setRefusals(Function<Throwable, Optional<Duration>> refusals) {
        this.refusals = refusals;
    }
}
