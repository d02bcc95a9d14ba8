package io.cistern.reload;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the routes folder again and again, and has the routes follow it. */
public final class RouteFilesWatcher extends ServiceSupport {
    private static final Logger LOG = LoggerFactory.getLogger(RouteFilesWatcher.class);
    private static final Duration PERIOD = Duration.ofMillis(250);

    private final CamelContext context;
    private final RouteFiles files;
    private ScheduledExecutorService thread;
    private String trouble;

    public RouteFilesWatcher(CamelContext context, RouteFiles files) {
        this.context = context;
        this.files = files;
    }

    @Override
    protected void doStart() {
        thread =
                context.getExecutorServiceManager()
                        .newSingleThreadScheduledExecutor(this, "route-files");
        thread.scheduleWithFixedDelay(
                this::look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    protected void doStop() {
        context.getExecutorServiceManager().shutdownGraceful(thread);
    }

    private void look() {
        if (!context.isStarted()) {
            return;
        }
        try {
            files.reloadSettled();
            trouble = null;
        } catch (IOException | RuntimeException | LinkageError e) {
            // The next look may fare better; an exception would end them all.
            tell(e);
        }
    }

    private void tell(Throwable error) {
        if (!error.toString().equals(trouble)) {
            trouble = error.toString();
            LOG.error("The routes folder cannot be followed: {}", trouble);
            LOG.debug("The routes folder cannot be followed", error);
        }
    }
}
