package io.cistern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.cli.Listing.Cache;
import io.cistern.cli.Listing.Refused;
import io.cistern.cli.Listing.Route;
import io.cistern.cli.Listing.Strategy;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextListingTest {
    @Test
    void columnsStandBelowEachOther() {
        var listing =
                new Listing(
                        List.of(
                                new Cache("a", "a.camel.yaml", "load-a", "10m", List.of("sql:x")),
                                new Cache("größer", "b.camel.yaml", "b", null, List.of())),
                        List.of(new Strategy("warm", "w.camel.yaml", "a", "0 0 * * * ?", null)),
                        List.of(
                                new Route("made", "r.camel.yaml", null, "mine"),
                                new Route("tick", "r.camel.yaml", "timer:t", null)),
                        List.of());

        assertThat(String.join("\n", TextListing.lines(listing, "check")))
                .isEqualTo(
                        """
                        Caches
                          NAME    TTL  FILE          ROUTE   ORIGIN
                          a       10m  a.camel.yaml  load-a  sql:x
                          größer  -    b.camel.yaml  b       -

                        Warming strategies
                          NAME  CACHE  SCHEDULE     PRIORITY  FILE
                          warm  a      0 0 * * * ?  -         w.camel.yaml

                        Other routes
                          ID    FROM           FILE
                          made  template mine  r.camel.yaml
                          tick  timer:t        r.camel.yaml""");
    }

    @Test
    void aLongOriginIsCutAndFurtherOnesAreCounted() {
        var long60 = "sql:" + "x".repeat(56);

        assertThat(origin(long60)).endsWith(" " + long60);
        assertThat(origin(long60 + "y")).endsWith(" sql:" + "x".repeat(55) + "…");
        assertThat(origin("sql:x", "http:y", "file:z")).endsWith(" sql:x and 2 more");
    }

    @Test
    void filesWithFindingsHintAtTheCheck() {
        var listing =
                new Listing(
                        List.of(), List.of(), List.of(), List.of(new Refused("b.camel.yaml", 2)));

        assertThat(TextListing.lines(listing, "java -jar x check DIR"))
                .containsExactly(
                        "Files with findings: nothing of them would run",
                        "  FILE          FINDINGS",
                        "  b.camel.yaml  2",
                        "  What is wrong: java -jar x check DIR");
    }

    @Test
    void nothingIsNoLineAtAll() {
        var nothing = new Listing(List.of(), List.of(), List.of(), List.of());

        assertThat(TextListing.lines(nothing, "check")).isEmpty();
    }

    private static String origin(String... origins) {
        var cache = new Cache("a", "f", "r", "1s", List.of(origins));
        var listing = new Listing(List.of(cache), List.of(), List.of(), List.of());
        return TextListing.lines(listing, "check").get(2);
    }
}
