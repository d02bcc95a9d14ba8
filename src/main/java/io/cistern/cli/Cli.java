package io.cistern.cli;

import io.cistern.settings.Settings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/** The command line: everything but the plain start without arguments. */
public final class Cli {
    /** As it is typed where the application is built, and in its container. */
    static final String NAME = "java -jar target/cistern.jar";

    /** Nothing is wrong. */
    static final int OK = 0;

    /** The check found something. */
    static final int FINDINGS = 1;

    /** Wrong usage, or the command could not do its work. */
    static final int TROUBLE = 2;

    private final Supplier<FolderCheck> check;
    private final Map<String, String> environment;
    private final Path propertiesFile;

    /**
     * @param check asked for once a command needs it, for it takes time to make
     */
    public Cli(Supplier<FolderCheck> check) {
        this(check, System.getenv(), Settings.FILE);
    }

    Cli(Supplier<FolderCheck> check, Map<String, String> environment, Path propertiesFile) {
        this.check = check;
        this.environment = environment;
        this.propertiesFile = propertiesFile;
    }

    /**
     * Runs a command on the standard streams of the process. What others print to standard output
     * meanwhile goes to standard error. To be called before anything is logged.
     *
     * @return the exit code: 0 nothing is wrong, 1 the check found something, 2 wrong usage or
     *     other trouble, which standard error tells of
     */
    public int run(String... args) {
        CommandLogging.configure();
        var console = System.console();
        Charset charset = console == null ? StandardCharsets.UTF_8 : console.charset();
        var err = writer(FileDescriptor.err, charset);
        var out = writer(FileDescriptor.out, charset);
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.err), true, charset));
        int code = run(out, err, args);
        // A report that was cut short must not pass for one that is complete.
        if (out.checkError()) {
            err.println("the output could not be written");
            code = TROUBLE;
        }
        err.flush();
        return code;
    }

    int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new CisternCommand())
                .addSubcommand(new CheckCommand(this))
                .addSubcommand(new RoutesCommand(this))
                .addSubcommand(new ReplayCommand(this))
                .addSubcommand(CacheCommand.commandLine(this))
                .addSubcommand(new HelpCommand())
                .setOut(out)
                .setErr(err)
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(new WrongUsage())
                .setExecutionExceptionHandler(new Trouble())
                .execute(args);
    }

    FolderCheck check() {
        return check.get();
    }

    Map<String, String> environment() {
        return environment;
    }

    Path propertiesFile() {
        return propertiesFile;
    }

    private static PrintWriter writer(FileDescriptor descriptor, Charset charset) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), charset));
    }
}
