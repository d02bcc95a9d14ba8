package io.cistern.reload;

import static io.cistern.reload.Revisions.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.reload.RoutesFolder.Look;
import io.cistern.reload.RoutesFolder.Seen;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatienceTest {
    private static final Path A = Path.of("a.camel.yaml");
    private static final Path B = Path.of("b.camel.yaml");
    private static final String TWO = route("a", "log: first") + route("b", "log: first");

    private final SortedMap<Path, Revision> active = new TreeMap<>();
    private final SortedMap<Path, Optional<Revision>> changes = new TreeMap<>();
    private final SortedMap<Path, Seen> files = new TreeMap<>();
    private final SortedMap<Path, Duration> gone = new TreeMap<>();

    private void runs(Path path, String text) {
        active.put(path, Revisions.of(path.toString(), text));
    }

    private void saved(Path path, String text, int quietMillis) {
        changes.put(path, Optional.of(Revisions.of(path.toString(), text)));
        files.put(path, new Seen(text, null, "v", Duration.ofMillis(quietMillis)));
    }

    private void deleted(Path path, int millisAgo) {
        changes.put(path, Optional.empty());
        files.remove(path);
        gone.put(path, Duration.ofMillis(millisAgo));
    }

    /** Which of the changes are taken. */
    private Set<Path> due() {
        var left = new TreeMap<>(changes);
        return Patience.isDue(new Look(files, gone), left, active) ? left.keySet() : Set.of();
    }

    @Test
    void nothingIsNeverDue() {
        assertThat(due()).isEmpty();
    }

    @Test
    void whatIsWholeIsTakenSoon() {
        runs(A, TWO);
        saved(A, TWO.replace("first", "second"), 299);
        assertThat(due()).isEmpty();
        saved(A, TWO.replace("first", "second"), 300);
        assertThat(due()).containsExactly(A);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // emptied, or cut off at an end of a line
                "",
                "\n",
                "# a remark\n",
                "- route:\n    id: a\n    from:\n",
                // no YAML yet
                "- route: [",
            })
    void whatMayBeHalfWrittenGetsLonger(String text) {
        runs(A, TWO);
        saved(A, text, 999);
        assertThat(due()).isEmpty();
        saved(A, text, 1000);
        assertThat(due()).containsExactly(A);
    }

    /** What was edited stands before where it is cut off, so that it is no beginning of the old. */
    @Test
    void anEditThatMayBeHalfWrittenGetsLonger() {
        runs(A, TWO);
        String edited = TWO.replace("first", "second");
        for (int cut :
                new int[] {
                    route("a", "log: second").length(), edited.length() - 3, edited.length() - 1
                }) {
            saved(A, edited.substring(0, cut), 999);
            assertThat(due()).as(edited.substring(0, cut)).isEmpty();
            saved(A, edited.substring(0, cut), 1000);
            assertThat(due()).containsExactly(A);
        }
    }

    @Test
    void aNewFileIsTakenSoon() {
        saved(A, TWO.strip(), 300);
        assertThat(due()).containsExactly(A);
    }

    @Test
    void aFileWithoutALastLineEndAsBeforeIsTakenSoon() {
        runs(A, TWO.strip());
        saved(A, TWO.strip().replace("first", "second"), 300);
        assertThat(due()).containsExactly(A);
    }

    @Test
    void whatIsGoneGetsLonger() {
        runs(A, TWO);
        deleted(A, 999);
        assertThat(due()).isEmpty();
        deleted(A, 1000);
        assertThat(due()).containsExactly(A);
    }

    @Test
    void whatChangesTogetherIsTakenTogether() {
        runs(A, TWO);
        saved(A, TWO.replace("first", "second"), 700);
        saved(B, route("c"), 200);
        assertThat(due()).isEmpty();
        saved(B, route("c"), 300);
        assertThat(due()).containsExactly(A, B);

        // A renamed file: it is there, and it is gone.
        deleted(A, 800);
        saved(B, TWO, 800);
        assertThat(due()).isEmpty();
        deleted(A, 1000);
        assertThat(due()).containsExactly(A, B);
    }

    @Test
    void whatChangesAllTheTimeHoldsTheOthersUpOnlyForAWhile() {
        saved(A, TWO, 0);
        saved(B, route("c"), 999);
        assertThat(due()).isEmpty();
        saved(B, route("c"), 1000);
        assertThat(due()).containsExactly(B);
    }
}
