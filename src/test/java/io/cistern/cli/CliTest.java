package io.cistern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of the arguments. */
class CliTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "chekc                      | unknown command `chekc`: did you mean `check`?",
                "route --format json        | unknown command `route`: did you mean `routes`?",
                "start                      | unknown command `start`",
                "help chekc                 | unknown command `chekc`: did you mean `check`?",
                "--verison                  | unknown option `--verison`: did you mean `--version`?",
                "check --fromat=json        | unknown option `--fromat`: did you mean `--format`?",
                "check -x                   | unknown option `-x`",
                "check --format xml         | option `--format` must be one of `text`, `json`, `sarif`, not `xml`",
                "routes --format sarif      | option `--format` must be one of `text`, `json`, not `sarif`",
                "check a b                  | one argument too many: `b`",
                "check ''                   | DIR is empty",
                "--                         | no command; leave out all arguments to start",
                "che\u001bck                | unknown command `che\\u001bck`: did you mean `check`?"
            })
    void wrongUsageIsNamedAndMeansExitCode2(String arguments, String message) {
        assertThat(run(arguments)).isEqualTo(2);

        assertThat(err.toString().lines().findFirst()).contains(message);
        assertThat(err.toString()).contains("Try `java -jar target/cistern.jar ");
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "help"})
    void helpListsTheCommandsOnStandardOutput(String argument) {
        assertThat(run(argument)).isZero();

        assertThat(out.toString())
                .startsWith("Usage: java -jar target/cistern.jar [-hV] [COMMAND]")
                .contains("  check ", "  routes ", "  help ");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"check --help", "check -h", "help check"})
    void helpOfACommandNamesItsArgumentsAndExitCodes(String arguments) {
        assertThat(run(arguments)).isZero();

        assertThat(out.toString())
                .startsWith("Usage: java -jar target/cistern.jar check ")
                .contains("[DIR]", "--format", "text, json, sarif", "CISTERN_ROUTES_DIR")
                .containsPattern("(?s)0 .*1 .*2 ");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-V"})
    void versionNamesCistern(String argument) {
        assertThat(run(argument)).isZero();

        assertThat(out.toString())
                .startsWith("Cistern ")
                .containsPattern("\nApache Camel \\d+\\.\\d+\\.\\d+\r?\n")
                .contains("Java " + Runtime.version());
        assertThat(err.toString()).isEmpty();
    }

    private int run(String arguments) {
        String[] args = arguments.split(" +");
        for (int i = 0; i < args.length; i++) {
            args[i] = args[i].replace("''", "");
        }
        var cli =
                new Cli(
                        () -> {
                            throw new AssertionError("nothing is to be checked");
                        },
                        Map.of(),
                        Path.of("nonexistent"));
        return cli.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }
}
