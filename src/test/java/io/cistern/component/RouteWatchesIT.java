package io.cistern.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cistern.validity.RouteFingerprint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.service.ServiceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fingerprints follow what they are made of, whether or not anybody asks for them. */
class RouteWatchesIT {

    private static final Duration SOON = Duration.ofSeconds(5);

    @TempDir private Path folder;
    private DefaultCamelContext context;
    private RouteWatches watches;
    private RouteWatch watch;
    private Path file;

    @BeforeEach
    void start() throws Exception {
        file = Files.writeString(folder.resolve("text"), "one");
        context = new DefaultCamelContext();
        watches = new RouteWatches(context);
        ServiceHelper.startService(watches);
        context.addRoutes(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:made")
                                .routeId("made")
                                .setBody()
                                .simple("resource:file:" + file)
                                .to("direct:next");
                    }
                });
        context.start();
        watch = watches.begin(new RouteFingerprint(context, "made"));
    }

    @AfterEach
    void stop() throws Exception {
        ServiceHelper.stopAndShutdownService(watches);
        context.close();
    }

    private void addNext(String text) throws Exception {
        context.addRoutes(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:next").routeId("next").setBody().constant(text);
                    }
                });
    }

    @Test
    void aRouteThatComesOrGoesIsNoticed() throws Exception {
        var alone = watch.fingerprint();

        addNext("a");
        await().atMost(SOON).until(() -> !watch.fingerprint().equals(alone));
        var withA = watch.fingerprint();
        context.getRouteController().stopRoute("next");
        context.removeRoute("next");
        await().atMost(SOON).until(() -> watch.fingerprint().equals(alone));
        addNext("b");

        await().atMost(SOON).until(() -> !watch.fingerprint().equals(alone));
        assertThat(watch.fingerprint()).isNotEqualTo(withA);
    }

    @Test
    void aFileThatIsEditedIsNoticed() throws Exception {
        var one = watch.fingerprint();

        Files.writeString(file, "two");
        await().atMost(SOON).until(() -> !watch.fingerprint().equals(one));
        Files.writeString(file, "one");

        await().atMost(SOON).until(() -> watch.fingerprint().equals(one));
    }

    @Test
    void whatHasEndedIsLookedAtNoMore() throws Exception {
        var other = watches.begin(new RouteFingerprint(context, "made"));
        var one = other.fingerprint();

        watches.end(other);
        Files.writeString(file, "two");

        await().atMost(SOON).until(() -> !watch.fingerprint().equals(one));
        assertThat(other.fingerprint()).isEqualTo(one);
    }
}
