package io.cistern.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** What is logged below a name while this is open, from DEBUG on, one text an event. */
public final class LogCapture implements AutoCloseable {
    private final LoggerContext context = (LoggerContext) LogManager.getContext(false);
    private final String name;
    private final Memory memory = new Memory();

    private LogCapture(String name) {
        this.name = name;
    }

    public static LogCapture of(String name) {
        var capture = new LogCapture(name);
        capture.memory.start();
        var logger = new LoggerConfig(name, Level.DEBUG, false);
        logger.addAppender(capture.memory, Level.DEBUG, null);
        capture.context.getConfiguration().addLogger(name, logger);
        capture.context.updateLoggers();
        return capture;
    }

    public List<String> lines() {
        return memory.lines;
    }

    public List<String> lines(Level level) {
        return memory.lines.stream().filter(line -> line.startsWith(level + " ")).toList();
    }

    @Override
    public void close() {
        context.getConfiguration().removeLogger(name);
        context.updateLoggers();
        memory.stop();
    }

    private static final class Memory extends AbstractAppender {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        Memory() {
            super("memory", null, null, false, Property.EMPTY_ARRAY);
        }

        @Override
        public void append(LogEvent event) {
            lines.add(
                    event.getLevel()
                            + " "
                            + event.getMessage().getFormattedMessage()
                            + (event.getThrown() == null ? "" : " " + event.getThrown()));
        }
    }
}
