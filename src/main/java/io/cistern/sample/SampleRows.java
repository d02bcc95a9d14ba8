package io.cistern.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The rows of the sample tables but {@code place}, in the order of their columns. They are made up,
 * and the same at every start.
 */
final class SampleRows {
    static final int SESSIONS = 500;
    private static final int DATASETS = 2000;
    private static final int DETECTIONS_PER_MODEL = 120;

    private static final List<String> SCOPES =
            List.of(
                    "ui", "mail", "search", "billing", "upload", "login", "export", "audit",
                    "import", "report");
    private static final List<String> SWITCHES =
            List.of(
                    "enabled",
                    "language",
                    "timeout-seconds",
                    "page-size",
                    "retries",
                    "theme",
                    "rate-per-minute",
                    "max-size-mb",
                    "time-zone",
                    "log-level",
                    "retention-days",
                    "sender",
                    "endpoint",
                    "format",
                    "sample-percent",
                    "beta",
                    "cache-minutes",
                    "notify",
                    "parallelism",
                    "encoding");
    private static final List<String> FAMILIES = List.of("yolo", "detr", "retina", "ssd", "center");
    private static final List<String> SIZES = List.of("nano", "small", "medium", "large", "huge");
    private static final List<String> TOPICS =
            List.of(
                    "air-quality",
                    "traffic",
                    "rainfall",
                    "bird-counts",
                    "street-trees",
                    "energy-use",
                    "river-levels",
                    "library-loans",
                    "bus-stops",
                    "noise");
    private static final List<String> AREAS =
            List.of(
                    "Berlin", "Lyon", "Nairobi", "Osaka", "Lima", "Oslo", "Porto", "Toronto",
                    "Mumbai", "Perth");
    private static final List<String> LICENCES = List.of("CC-BY-4.0", "CC0-1.0", "ODbL-1.0");
    private static final List<String> CURRENCIES =
            List.of(
                    "EUR", "USD", "GBP", "JPY", "CHF", "SEK", "NOK", "DKK", "CAD", "AUD", "INR",
                    "BRL", "ZAR", "KES", "PLN", "CZK");
    // How much of each currency one euro bought, roughly: examples, not market data.
    private static final double[] PER_EURO = {
        1, 1.1, 0.85, 165, 0.95, 11.3, 11.6, 7.46, 1.5, 1.66, 92, 6, 20, 142, 4.3, 25
    };
    private static final List<String> NAMES =
            List.of(
                    "Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Frances", "Ken",
                    "Radia", "Tim");
    private static final List<String> LOCALES =
            List.of("en-GB", "de-DE", "fr-FR", "ja-JP", "es-PE");
    private static final List<String> PAGES =
            List.of("/", "/search", "/basket", "/orders", "/help");

    private SampleRows() {}

    static Stream<Object[]> settings() {
        var random = new Random(1);
        return SCOPES.stream()
                .flatMap(
                        scope ->
                                SWITCHES.stream()
                                        .map(
                                                name ->
                                                        new Object[] {
                                                            scope + "." + name,
                                                            scope,
                                                            settingOf(name, scope, random),
                                                            "The "
                                                                    + name.replace('-', ' ')
                                                                    + " of "
                                                                    + scope
                                                        }));
    }

    private static String settingOf(String name, String scope, Random random) {
        return switch (name) {
            case "enabled", "beta", "notify" -> Boolean.toString(random.nextBoolean());
            case "language" -> pick(LOCALES, random);
            case "theme" -> pick(List.of("dark", "light"), random);
            case "time-zone" -> pick(List.of("UTC", "Europe/Berlin", "Asia/Tokyo"), random);
            case "log-level" -> pick(List.of("info", "debug", "warn"), random);
            case "sender" -> scope + "@example.org";
            case "endpoint" -> "https://" + scope + ".example.org/v1";
            case "format" -> pick(List.of("json", "csv", "parquet"), random);
            case "encoding" -> "UTF-8";
            default -> Integer.toString(5 * (1 + random.nextInt(20)));
        };
    }

    static Stream<Object[]> detectorModels() {
        var random = new Random(2);
        return modelIds()
                .map(
                        id -> {
                            String[] parts = id.split("-");
                            int size = SIZES.indexOf(parts[1]);
                            return new Object[] {
                                id,
                                parts[0],
                                parts[1],
                                Integer.parseInt(parts[2].substring(1)),
                                320 + 160 * size,
                                20 * (1 + random.nextInt(6))
                            };
                        });
    }

    private static Stream<String> modelIds() {
        return FAMILIES.stream()
                .flatMap(
                        family ->
                                SIZES.stream()
                                        .flatMap(
                                                size ->
                                                        IntStream.rangeClosed(1, 2)
                                                                .mapToObj(
                                                                        version ->
                                                                                family + "-" + size
                                                                                        + "-v"
                                                                                        + version)));
    }

    /** What each model detected in a test, and whether it was right. */
    static Stream<Object[]> detections() {
        var random = new Random(3);
        return modelIds()
                .flatMap(
                        id ->
                                IntStream.range(0, DETECTIONS_PER_MODEL)
                                        .mapToObj(
                                                i -> {
                                                    boolean correct = i % 2 == 0;
                                                    double mean = correct ? 0.68 : 0.42;
                                                    double score =
                                                            mean + 0.15 * random.nextGaussian();
                                                    return new Object[] {
                                                        id, Math.max(0, Math.min(1, score)), correct
                                                    };
                                                }));
    }

    static Stream<Object[]> datasets() {
        var random = new Random(4);
        return IntStream.rangeClosed(1, DATASETS)
                .mapToObj(
                        id -> {
                            String topic = pick(TOPICS, random);
                            String name =
                                    topic.replace('-', ' ')
                                            + " in "
                                            + pick(AREAS, random)
                                            + " "
                                            + (1980 + random.nextInt(46));
                            // Few datasets are read often, most of them rarely.
                            int views =
                                    (int) (500_000 / Math.pow(1 + random.nextInt(DATASETS), 1.1));
                            long records = 100L + random.nextInt(5_000_000);
                            return new Object[] {
                                id, name, topic, pick(LICENCES, random), records, views
                            };
                        });
    }

    /** Exchange rates, as JSON texts that a service answers. */
    static Stream<Object[]> apiResponses() {
        var rows = new ArrayList<Object[]>();
        for (int from = 0; from < PER_EURO.length; from++) {
            for (int to = 0; to < PER_EURO.length; to++) {
                if (from != to) {
                    rows.add(rate(from, to));
                }
            }
        }
        return rows.stream();
    }

    private static Object[] rate(int from, int to) {
        String id = CURRENCIES.get(from) + "-" + CURRENCIES.get(to);
        String body =
                String.format(
                        Locale.ROOT,
                        "{\"id\":\"%s\",\"from\":\"%s\",\"to\":\"%s\",\"rate\":%.6f}",
                        id,
                        CURRENCIES.get(from),
                        CURRENCIES.get(to),
                        PER_EURO[to] / PER_EURO[from]);
        return new Object[] {id, body};
    }

    /** Rows of id, user name, locale, number of items in the basket, last page. */
    static Stream<Object[]> sessions() {
        var random = new Random(6);
        return IntStream.rangeClosed(1, SESSIONS)
                .mapToObj(
                        i ->
                                new Object[] {
                                    String.format(Locale.ROOT, "session-%04d", i),
                                    pick(NAMES, random).toLowerCase(Locale.ROOT) + i,
                                    pick(LOCALES, random),
                                    random.nextInt(12),
                                    pick(PAGES, random)
                                });
    }

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }
}
