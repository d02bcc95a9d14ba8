package io.cistern.reload;

import static io.cistern.reload.Revisions.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.reload.RoutesFolder.Look;
import io.cistern.reload.RoutesFolder.Seen;
import io.cistern.routefiles.RouteFileCheck;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ChangesTest {
    private static final RouteFileCheck CHECK = new RouteFileCheck();
    private static final Path A = Path.of("a.camel.yaml");
    private static final Path B = Path.of("b.camel.yaml");

    private final FileStates states = new FileStates(Clock.systemUTC());
    private final Changes changes = new Changes(CHECK, states);
    private final SortedMap<Path, Seen> files = new TreeMap<>();

    private void saved(Path path, String text) {
        files.put(path, new Seen(text, null, "version of " + text, Duration.ZERO));
    }

    private SortedMap<Path, Optional<Revision>> look() {
        return changes.in(new Look(files, new TreeMap<>()));
    }

    @Test
    void aChangeIsOneUntilItIsTakenOrRefused() {
        saved(A, route("a"));
        saved(B, "- route: [");
        look();
        var seen = look();
        assertThat(seen).containsOnlyKeys(A, B);

        states.accept(A, seen.get(A));
        states.refuse(B, seen.get(B), seen.get(B).orElseThrow().read().problems());

        assertThat(look()).isEmpty();
    }

    @Test
    void aTextIsCheckedOnceHoweverOftenItIsSeen() {
        saved(A, route("a"));
        Revision first = look().get(A).orElseThrow();

        saved(B, route("b"));

        assertThat(look().get(A)).containsSame(first);
        assertThat(look().get(A)).containsSame(first);
    }

    @Test
    void anotherTextIsChecked() {
        saved(A, "- route: [");
        assertThat(look().get(A).orElseThrow().read().problems()).isNotEmpty();

        saved(A, route("a"));

        assertThat(look().get(A).orElseThrow().read().problems()).isEmpty();
    }

    @Test
    void whatIsGoneIsAChangeUntilThatIsTakenOrRefused() {
        saved(A, route("a"));
        saved(B, route("b"));
        look().forEach(states::accept);
        files.clear();
        assertThat(look()).containsOnlyKeys(A, B).containsValues(Optional.empty());

        states.accept(A, Optional.empty());
        states.refuse(B, Optional.empty(), List.of());

        assertThat(look()).isEmpty();
    }
}
