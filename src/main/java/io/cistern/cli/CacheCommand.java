package io.cistern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cistern.settings.Settings;
import io.cistern.settings.SizeText;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Keeps house: what caches hold, where it lies, and how to be rid of it. */
@Command(
        name = "cache",
        description = "Looks after what the caches of a running instance hold.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class CacheCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private HelpOption help;

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(), "no command; expected stats, prune, clear or dir");
    }

    /** The commands below it. */
    static CommandLine commandLine(Cli cli) {
        return new CommandLine(new CacheCommand())
                .addSubcommand(new Stats(cli))
                .addSubcommand(new Prune(cli))
                .addSubcommand(new Clear(cli))
                .addSubcommand(new Dir(cli));
    }

    /** One that asks a running instance. */
    @Command(
            sortOptions = false,
            parameterListHeading = "%n",
            optionListHeading = "%nOptions:%n",
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:It is done.",
                "2:The arguments are wrong, the instance is not there, or it refused."
            })
    private abstract static class Asking implements Callable<Integer> {
        private final Cli cli;

        @Spec private CommandSpec spec;

        @Mixin private HelpOption help;

        @Option(
                names = "--url",
                paramLabel = "URL",
                description = "Where the instance is. Default: this machine, at CISTERN_HTTP_PORT.")
        private String url;

        @Option(
                names = "--token-file",
                paramLabel = "FILE",
                description =
                        "A file with the token. Default: the first of CISTERN_API_TOKENS that may"
                                + " operate.")
        private Path tokenFile;

        Asking(Cli cli) {
            this.cli = cli;
        }

        abstract void run(RunningInstance instance, PrintWriter out) throws IOException;

        @Override
        public Integer call() throws IOException {
            var settings = Settings.load(cli.environment(), cli.propertiesFile());
            var out = spec.commandLine().getOut();
            run(RunningInstance.of(settings.http(), url, tokenFile), out);
            out.flush();
            return Cli.OK;
        }
    }

    @Command(name = "stats", description = "Lists the caches with what they hold and how they do.")
    private static final class Stats extends Asking {
        @Parameters(
                paramLabel = "CACHE",
                arity = "0..1",
                description = "Only this one, with all that is known of it.")
        private String cache;

        Stats(Cli cli) {
            super(cli);
        }

        @Override
        void run(RunningInstance instance, PrintWriter out) throws IOException {
            if (cache != null) {
                var told = instance.get(path(cache, ""));
                if (told instanceof ObjectNode fields) {
                    fields.set("storage", instance.get(path(cache, "/storage")).path("storage"));
                }
                out.println(told.toPrettyString());
                return;
            }
            var table =
                    new Table(
                            "CACHE",
                            "ENTRIES HERE",
                            "SIZE HERE",
                            "REQUESTS",
                            "HITS",
                            "LOADS",
                            "LOAD ERRORS");
            for (var each : instance.get("/caches").path("caches")) {
                var counted = each.path("statistics");
                table.add(
                        each.path("name").asText(),
                        counted.path("entries").asText(),
                        SizeText.rounded(counted.path("bytes").asLong()),
                        counted.path("requests").asText(),
                        String.format(
                                Locale.ROOT, "%.1f %%", 100 * counted.path("hitRatio").asDouble()),
                        counted.path("loads").asText(),
                        counted.path("loadErrors").asText());
            }
            table.lines().forEach(out::println);
        }
    }

    @Command(
            name = "prune",
            description =
                    "Deletes what is dead, and with --older-than also what is older than that.")
    private static final class Prune extends Asking {
        @Parameters(paramLabel = "CACHE", description = "Of which cache.")
        private String cache;

        @Option(
                names = "--older-than",
                paramLabel = "AGE",
                description = "Such as 12h or 7d: older entries go, however long they would live.")
        private String olderThan;

        Prune(Cli cli) {
            super(cli);
        }

        @Override
        void run(RunningInstance instance, PrintWriter out) throws IOException {
            var query = olderThan == null ? "" : "?olderThan=" + encoded(olderThan);
            out.println(removed(instance.post(path(cache, "/prune") + query)));
        }
    }

    @Command(
            name = "clear",
            description = "Invalidates a whole cache on all instances, and deletes it.")
    private static final class Clear extends Asking {
        @Parameters(paramLabel = "CACHE", description = "Which cache.")
        private String cache;

        Clear(Cli cli) {
            super(cli);
        }

        @Override
        void run(RunningInstance instance, PrintWriter out) throws IOException {
            out.println(removed(instance.post(path(cache, "/clear"))));
        }
    }

    /** Where the data of instances with these settings lies; none has to run for it. */
    @Command(
            name = "dir",
            description = "Tells where data lies on this machine, and how much of it.",
            optionListHeading = "%nOptions:%n")
    private static final class Dir implements Callable<Integer> {
        private final Cli cli;

        @Spec private CommandSpec spec;

        @Mixin private HelpOption help;

        Dir(Cli cli) {
            this.cli = cli;
        }

        @Override
        public Integer call() throws IOException {
            var folder = Settings.load(cli.environment(), cli.propertiesFile()).folders().data();
            var out = spec.commandLine().getOut();
            out.println(folder.toAbsolutePath());
            out.println(
                    Files.isDirectory(folder)
                            ? SizeText.rounded(size(folder))
                            : "nothing has been written there yet");
            out.flush();
            return Cli.OK;
        }

        /** Of what can be read; a file that goes meanwhile counts nothing. */
        private static long size(Path folder) throws IOException {
            var bytes = new AtomicLong();
            Files.walkFileTree(
                    folder,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes is) {
                            bytes.addAndGet(is.isRegularFile() ? is.size() : 0);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException gone) {
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(Path dir, IOException error) {
                            return FileVisitResult.CONTINUE;
                        }
                    });
            return bytes.get();
        }
    }

    private static String path(String cache, String rest) {
        return "/caches/" + encoded(cache) + rest;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String removed(JsonNode answer) {
        var removed = answer.path("removed").asLong();
        return removed == 1 ? "1 entry removed" : removed + " entries removed";
    }
}
