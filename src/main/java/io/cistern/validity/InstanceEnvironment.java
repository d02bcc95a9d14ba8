package io.cistern.validity;

import com.sun.management.OperatingSystemMXBean;
import io.cistern.cache.entry.Environment;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The environment of this instance, as far as it can tell by itself. */
public final class InstanceEnvironment {

    private InstanceEnvironment() {}

    /**
     * The processors and the bytes of memory that it may use (those of its container, where it runs
     * in one), its operating system, architecture and release of Java.
     *
     * @param further what people say of it; goes before what it tells itself
     */
    public static Environment with(Environment further) {
        Map<String, String> values = new HashMap<>();
        values.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            values.put("memory", Long.toString(system.getTotalMemorySize()));
        }
        values.put("os", os(System.getProperty("os.name", "")));
        values.put("arch", System.getProperty("os.arch", "").toLowerCase(Locale.ROOT));
        values.put("java", Integer.toString(Runtime.version().feature()));
        values.putAll(further.values());
        return Environment.of(values);
    }

    static String os(String name) {
        var lower = name.toLowerCase(Locale.ROOT);
        if (lower.startsWith("mac") || lower.startsWith("darwin")) {
            return "macos";
        }
        return lower.startsWith("windows") ? "windows" : lower;
    }
}
