package io.cistern.settings;

import io.cistern.cache.entry.Environment;
import io.cistern.validity.EnvironmentHeader;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * All settings, checked. Nothing in here shows a secret by {@code toString}.
 *
 * @param store where entries are kept
 * @param redis which Redis
 * @param breakers the circuit breakers of all routes
 * @param http ports, tokens, rate limit
 * @param folders routes and data
 * @param warming how caches are warmed
 * @param feeds where events of invalidation come from
 * @param environment what is said of the machine beyond what it tells itself
 * @param backplane how regions tell each other what was invalidated
 */
public record Settings(
        StoreSettings store,
        RedisSettings redis,
        BreakerSettings breakers,
        HttpSettings http,
        FolderSettings folders,
        WarmingSettings warming,
        FeedSettings feeds,
        Environment environment,
        BackplaneSettings backplane) {
    /** The file beside the environment, relative to the working directory. */
    public static final Path FILE = Path.of("config", "application.properties");

    private static final Duration MILLISECOND = Duration.ofMillis(1);

    /**
     * Reads and checks everything.
     *
     * @param environment as of {@link System#getenv()}; it wins over the file
     * @param propertiesFile with the same names as keys; other keys in it (Camel's) are left alone,
     *     and it need not exist
     * @throws SettingsException when anything is wrong, with a line for each mistake
     */
    public static Settings load(Map<String, String> environment, Path propertiesFile) {
        Map<String, String> file = file(propertiesFile);
        var reader = new SettingsReader(environment, file, propertiesFile.toString());
        var store = store(reader);
        var redis = new RedisSettingsReader(reader).read();
        var feeds = new FeedSettingsReader(reader).read();
        var settings =
                new Settings(
                        store,
                        redis,
                        breakers(reader),
                        http(reader),
                        folders(reader, environment),
                        warming(reader),
                        feeds,
                        environment(reader),
                        new BackplaneSettingsReader(reader).read(store, redis, feeds));
        if (!reader.mistakes().isEmpty()) {
            throw new SettingsException(reader.mistakes());
        }
        return settings;
    }

    static Map<String, String> file(Path propertiesFile) {
        try {
            return PropertiesFile.read(propertiesFile);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of(propertiesFile + ": " + e.getMessage()));
        }
    }

    /** Every name that may be set, served or not, in the order of the documentation. */
    public static List<String> names() {
        return Arrays.stream(Setting.values()).map(Setting::name).toList();
    }

    private static StoreSettings store(SettingsReader reader) {
        return new StoreSettings(
                reader.value(Setting.CACHE_TYPE, Values::storeType),
                reader.value(Setting.CACHE_NAMESPACE, Values::namespace),
                reader.value(
                        Setting.CACHE_DEFAULT_TTL,
                        Values.duration(MILLISECOND, Duration.ofDays(3650))),
                reader.value(Setting.CACHE_MONITORING_ENABLED, Values::truth),
                reader.value(Setting.CISTERN_FSYNC, Values::fsync),
                reader.value(Setting.CISTERN_NEAR_PERSIST, Values::truth));
    }

    private static WarmingSettings warming(SettingsReader reader) {
        return new WarmingSettings(
                reader.value(Setting.CACHE_WARMING_ENABLED, Values::truth),
                reader.value(Setting.CISTERN_WARMING_CONCURRENCY, Values.number(1, 100)));
    }

    private static Environment environment(SettingsReader reader) {
        return reader.optional(
                        Setting.CISTERN_ENVIRONMENT,
                        text -> EnvironmentHeader.parse(Quoted.value(text), text))
                .orElse(Environment.NONE);
    }

    private static BreakerSettings breakers(SettingsReader reader) {
        return new BreakerSettings(
                reader.value(Setting.CIRCUIT_BREAKER_ENABLED, Values::truth),
                reader.value(Setting.CIRCUIT_BREAKER_THRESHOLD, Values.number(1, 100_000)),
                reader.value(
                        Setting.CIRCUIT_BREAKER_TIMEOUT,
                        Values.duration(MILLISECOND, Duration.ofDays(1))));
    }

    private static HttpSettings http(SettingsReader reader) {
        int port = reader.value(Setting.CISTERN_HTTP_PORT, Values.port());
        int management = reader.value(Setting.CISTERN_MANAGEMENT_PORT, Values.port());
        if (port == management) {
            reader.mistake(
                    Setting.CISTERN_MANAGEMENT_PORT,
                    "\"" + port + "\" is CISTERN_HTTP_PORT as well; expected two different ports");
        }
        return new HttpSettings(
                port,
                management,
                reader.optional(Setting.CISTERN_API_TOKENS, ApiTokens::parse).orElse(List.of()),
                reader.value(Setting.CISTERN_RATE_LIMIT, Values::rateLimit));
    }

    private static FolderSettings folders(SettingsReader reader, Map<String, String> environment) {
        var routes =
                reader.optional(Setting.CISTERN_ROUTES_DIR, Values::folder)
                        .orElse(Path.of(Setting.CISTERN_ROUTES_DIR.defaultText()));
        var data =
                reader.optional(Setting.CISTERN_DATA_DIR, Values::folderToBe)
                        .orElseGet(
                                () ->
                                        DataDirectory.of(
                                                System.getProperty("os.name"),
                                                environment,
                                                System.getProperty("user.home"),
                                                FileSystems.getDefault()));
        return new FolderSettings(routes, data);
    }
}
