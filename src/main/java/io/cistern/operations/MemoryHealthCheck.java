package io.cistern.operations;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;

/** Is down when hardly anything of the heap is free even right after a garbage collection. */
public final class MemoryHealthCheck extends Information {

    private static final double FULL = 0.95;

    public MemoryHealthCheck() {
        super("memory");
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        builder.detail("heap.used", heap.getUsed());
        builder.detail("heap.max", heap.getMax());
        var afterCollection = usedAfterCollection();
        builder.detail("heap.used.after-collection", afterCollection);
        if (heap.getMax() > 0 && afterCollection > FULL * heap.getMax()) {
            builder.down();
            builder.message("the heap is full");
        } else {
            builder.up();
        }
    }

    private static long usedAfterCollection() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(pool -> pool.getCollectionUsage())
                .filter(usage -> usage != null)
                .mapToLong(usage -> usage.getUsed())
                .sum();
    }
}
