package io.cistern.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;

/** Runs commands as the process would, without one. */
public final class Commands {

    private Commands() {}

    /**
     * What a command did.
     *
     * @param code its exit code
     * @param out its standard output
     * @param err its standard error
     */
    public record Ran(int code, String out, String err) {}

    public static Ran run(Map<String, String> settings, String... command) {
        var out = new StringWriter();
        var err = new StringWriter();
        var cli =
                new Cli(
                        () -> {
                            throw new AssertionError("nothing is checked");
                        },
                        settings,
                        Path.of("nonexistent"));
        var code = cli.run(new PrintWriter(out), new PrintWriter(err), command);
        return new Ran(code, out.toString(), err.toString());
    }
}
