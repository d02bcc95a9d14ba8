package io.cistern.warming;

import org.apache.camel.CamelContext;
import org.apache.camel.component.quartz.QuartzEndpoint;
import org.quartz.SchedulerException;

/** When schedules fire next. */
final class NextFire {

    private NextFire() {}

    /**
     * @param route of a strategy
     * @return ISO 8601; null where it has no schedule or won't fire
     */
    static String of(CamelContext context, String route) {
        var running = context.getRoute(route);
        if (running == null || !(running.getEndpoint() instanceof QuartzEndpoint quartz)) {
            return null;
        }
        try {
            var trigger = quartz.getComponent().getScheduler().getTrigger(quartz.getTriggerKey());
            var next = trigger == null ? null : trigger.getNextFireTime();
            return next == null ? null : next.toInstant().toString();
        } catch (SchedulerException e) {
            return null;
        }
    }
}
