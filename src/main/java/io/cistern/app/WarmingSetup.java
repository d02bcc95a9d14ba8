package io.cistern.app;

import io.cistern.cache.Caches;
import io.cistern.redis.RedisConnections;
import io.cistern.settings.RedisPlace;
import io.cistern.settings.Settings;
import io.cistern.warming.RunStep;
import io.cistern.warming.StrategyDefinitions;
import io.cistern.warming.StrategyRoutes;
import io.cistern.warming.Warming;
import io.cistern.warming.WarmingRoutes;
import io.cistern.warming.cluster.AloneCoordinator;
import io.cistern.warming.cluster.Coordinator;
import io.cistern.warming.cluster.RedisCoordinator;
import io.cistern.warming.cluster.Switches;
import io.cistern.warming.popular.PopularKeys;
import io.cistern.warming.run.Runner;
import io.cistern.warming.source.RedisSets;
import io.cistern.warming.source.Sources;
import java.util.HexFormat;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;
import org.apache.camel.model.Model;

/** Puts warming together. */
final class WarmingSetup {

    /** The name under which the scheduler finds its properties. */
    static final String SCHEDULER = "cisternScheduler";

    private WarmingSetup() {}

    /** One thread that fires is enough: what is due only asks for its turn. */
    static Properties scheduler() {
        var properties = new Properties();
        properties.setProperty("org.quartz.scheduler.instanceName", "cistern");
        properties.setProperty("org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool");
        properties.setProperty("org.quartz.threadPool.threadCount", "1");
        properties.setProperty("org.quartz.threadPool.makeThreadsDaemons", "true");
        properties.setProperty("org.quartz.scheduler.makeSchedulerThreadDaemon", "true");
        properties.setProperty("org.quartz.jobStore.class", "org.quartz.simpl.RAMJobStore");
        return properties;
    }

    /** What sources find Redis by. */
    static void bindRedis(Main main, RedisConnections redis) {
        main.bind("redisSets", new RedisSets(redis.template()));
    }

    /** Lets a context that only tries routes know strategies. */
    static void installTrial(CamelContext context) {
        install(context, null);
    }

    private static void install(CamelContext context, Warming warming) {
        context.getCamelContextExtension()
                .getContextPlugin(Model.class)
                .addModelLifecycleStrategy(new StrategyDefinitions(context, () -> warming));
    }

    /** Adds the routes to a context where nothing of it ever runs. */
    static void addRoutes(CamelContext context, Caches caches) {
        var step = new RunStep(new Runner(caches, new Sources(context, null)));
        addRoutes(context, caches, null, step);
    }

    private static void addRoutes(
            CamelContext context, Caches caches, Warming warming, RunStep step) {
        try {
            context.addRoutes(new StrategyRoutes(() -> warming, step));
            context.addRoutes(new WarmingRoutes(caches, () -> warming));
        } catch (Exception e) {
            throw new IllegalStateException("the shipped routes do not load", e);
        }
    }

    /**
     * Adds all of it to the context of an instance.
     *
     * @return to be started once the routes are loaded, and closed before the context stops
     */
    static Warming install(
            CamelContext context, Caches caches, Settings settings, Backend backend) {
        var popular = new PopularKeys(caches, backend.connections().map(it -> it), base(settings));
        var runner = new Runner(caches, new Sources(context, popular));
        var template = context.createProducerTemplate();
        var warming =
                new Warming(
                        settings.warming(),
                        coordinator(settings, backend),
                        popular,
                        run -> RunStep.perform(template, run));
        install(context, warming);
        addRoutes(context, caches, warming, new RunStep(runner));
        return warming;
    }

    private static Coordinator coordinator(Settings settings, Backend backend) {
        var name = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
        var switches = new Switches(settings.folders().data());
        return backend.connections()
                .<Coordinator>map(
                        redis -> new RedisCoordinator(redis, base(settings), name, switches))
                .orElseGet(() -> new AloneCoordinator(name, switches));
    }

    private static String base(Settings settings) {
        var isCluster = settings.redis().place() instanceof RedisPlace.Cluster;
        return settings.redis().keyPrefix()
                + settings.store().namespace()
                + (isCluster ? ":{warming}:" : ":warming:");
    }
}
