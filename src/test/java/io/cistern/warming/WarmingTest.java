package io.cistern.warming;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.settings.WarmingSettings;
import io.cistern.warming.cluster.AloneCoordinator;
import io.cistern.warming.cluster.Coordinator;
import io.cistern.warming.cluster.Switches;
import io.cistern.warming.popular.PopularKeys;
import io.cistern.warming.run.Run;
import io.cistern.warming.run.RunReport;
import io.cistern.warming.strategy.StrategyReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class WarmingTest {
    private static final long LONG_REPORT_MILLIS = 300;

    private final CountDownLatch reporting = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch reported = new CountDownLatch(1);

    @TempDir private Path folder;

    /** Its report of how a run goes on arrives after that of the run's end, where it can. */
    private Coordinator slow(Coordinator real) {
        return (Coordinator)
                Proxy.newProxyInstance(
                        Coordinator.class.getClassLoader(),
                        new Class<?>[] {Coordinator.class},
                        (proxy, method, arguments) -> {
                            if (!method.getName().equals("report")) {
                                var answer = call(real, method, arguments);
                                if (method.getName().equals("end")) {
                                    ended.countDown();
                                }
                                return answer;
                            }
                            reporting.countDown();
                            ended.await(LONG_REPORT_MILLIS, TimeUnit.MILLISECONDS);
                            try {
                                return call(real, method, arguments);
                            } finally {
                                reported.countDown();
                            }
                        });
    }

    private static Object call(Coordinator real, Method method, Object[] arguments)
            throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Ends while somebody is about to tell that it goes on. */
    private void work(Run run) {
        try {
            reporting.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        run.endUnfinished();
    }

    @Test
    void whatIsToldOfARunLastIsItsEnd() throws InterruptedException {
        var coordinator = slow(new AloneCoordinator("here", new Switches(folder)));
        var nobody = new PopularKeys(null, Optional.empty(), "");
        try (var warming =
                new Warming(new WarmingSettings(true, 1), coordinator, nobody, this::work)) {
            var strategy =
                    StrategyReader.read("slow", Map.of("cache", "items", "source", "direct:a"));
            var run = warming.demand(strategy);
            ended.await();
            reported.await();

            assertThat(coordinator.run(run.id())).get().matches(RunReport::isOver, "is over");
            assertThat(coordinator.lastRun("slow")).get().matches(RunReport::isOver, "is over");
        }
    }
}
