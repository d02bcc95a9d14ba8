package io.cistern.warming.cluster;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which strategies somebody has turned on or off, kept in a file of the data folder. */
public final class Switches {

    private static final Logger LOG = LoggerFactory.getLogger(Switches.class);
    private static final String FILE = "warming-switches.properties";

    private final Path file;
    private final Map<String, Boolean> all = new TreeMap<>();

    /**
     * @param folder the data folder; made when something is to be kept
     */
    public Switches(Path folder) {
        this.file = folder.resolve(FILE);
        if (Files.exists(file)) {
            var kept = new Properties();
            try (var in = Files.newBufferedReader(file)) {
                kept.load(in);
                kept.forEach((name, on) -> all.put(name.toString(), "on".equals(on)));
            } catch (IOException | IllegalArgumentException e) {
                LOG.warn("{} can't be read: no strategy is paused ({})", file, e.getMessage());
            }
        }
    }

    /** On or off by strategy; those that nobody has turned are not there. */
    public synchronized Map<String, Boolean> all() {
        return Map.copyOf(all);
    }

    /**
     * Keeps one.
     *
     * @throws IllegalStateException if it can't be written
     */
    public synchronized void turn(String strategy, boolean on) {
        var changed = new TreeMap<>(all);
        changed.put(strategy, on);
        replace(changed);
    }

    /** Keeps these instead of what was kept. */
    synchronized void replace(Map<String, Boolean> others) {
        if (others.equals(all)) {
            return;
        }
        var text = new Properties();
        others.forEach((name, on) -> text.setProperty(name, on ? "on" : "off"));
        try {
            Files.createDirectories(file.getParent());
            var next = file.resolveSibling(FILE + ".next");
            try (Writer out = Files.newBufferedWriter(next)) {
                text.store(out, "Warming strategies that were turned on or off over the API");
            }
            Files.move(
                    next,
                    file,
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new IllegalStateException(file + " can't be written", e);
        }
        all.clear();
        all.putAll(others);
    }
}
