package io.cistern.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cistern.app.CountingOrigin;
import io.cistern.app.Instance;
import io.cistern.app.Routes;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.protocol.CommandArgs;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Redis as our own files configure it, with the user that they give to Cistern, and the whole
 * application on it: nothing that it does is denied, and nothing dangerous is allowed.
 */
class RedisFilesIT {
    private static final Path FILES = Path.of("config/redis").toAbsolutePath();
    private static final Path PRODUCTION = FILES.resolve("production.conf");
    private static final Path SCRIPTS = Path.of("src/main/resources/io/cistern/store/redis");
    private static final Pattern CALL = Pattern.compile("\\b(?:call|pcall|try|ask)\\('([A-Z]+)'");

    /** What hardened servers rename away, and what managed services refuse. */
    private static final List<String> RENAMED =
            List.of(
                    "EVAL",
                    "EVAL_RO",
                    "KEYS",
                    "FLUSHALL",
                    "FLUSHDB",
                    "CONFIG",
                    "ACL",
                    "INFO",
                    "ROLE",
                    "MONITOR",
                    "DEBUG",
                    "MODULE",
                    "MIGRATE",
                    "SAVE",
                    "BGSAVE",
                    "LASTSAVE",
                    "BGREWRITEAOF",
                    "SHUTDOWN",
                    "REPLICAOF",
                    "SLAVEOF",
                    "FAILOVER",
                    "SYNC",
                    "PSYNC",
                    "REPLCONF",
                    "SWAPDB",
                    "SORT",
                    "SLOWLOG",
                    "LATENCY");

    @TempDir Path folder;
    private CountingOrigin origin;

    /** Where CI runs it has to be there: .ci/run installs it. */
    @BeforeAll
    static void needRedis() {
        var isThere =
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, "redis-server")));
        assumeTrue(isThere || System.getenv("CI") != null, "no redis-server on the path");
    }

    @BeforeEach
    void open() throws Exception {
        origin = new CountingOrigin();
    }

    @AfterEach
    void close() {
        origin.close();
    }

    private ConfiguredRedis production(List<String> more) throws Exception {
        List<String> options =
                new ArrayList<>(List.of("--aclfile", AclFile.withPasswords(folder).toString()));
        options.addAll(more);
        return ConfiguredRedis.start(folder, PRODUCTION, options.toArray(String[]::new));
    }

    private Instance samples(ConfiguredRedis redis) {
        var instance =
                Instance.inMemory()
                        .set("CACHE_TYPE", "redis")
                        .set("REDIS_HOST", "127.0.0.1")
                        .set("REDIS_PORT", Integer.toString(redis.port()))
                        .set("REDIS_USERNAME", "cistern")
                        .set("REDIS_PASSWORD", "cistern")
                        .routesOf(Path.of("routes"));
        return Walk.routes(instance, origin).start();
    }

    private static <T> T asAdmin(
            ConfiguredRedis redis, Function<RedisCommands<String, String>, T> question) {
        return redis.ask("admin", "admin", question);
    }

    private static String dryRun(ConfiguredRedis redis, String user, String... command) {
        var arguments = List.of(command).subList(1, command.length).toArray(String[]::new);
        return asAdmin(
                redis,
                commands -> {
                    try {
                        return commands.aclDryRun(user, command[0], arguments);
                    } catch (RedisCommandExecutionException e) {
                        return e.getMessage();
                    }
                });
    }

    private void walk(ConfiguredRedis redis) {
        try (var one = samples(redis);
                var other = samples(redis)) {
            new Walk(one, other, origin).everything();
            assertThat(denied(one) + denied(other)).isZero();
        }
    }

    private static double denied(Instance instance) {
        return instance.metrics().get("cistern_redis_errors_total{kind=\"permission\"}");
    }

    @Test
    void theUserMayDoAllThatTheApplicationDoes() throws Exception {
        try (var redis = production(List.of())) {
            walk(redis);

            var log = asAdmin(redis, RedisCommands::aclLog);
            assertThat(log).asList().isEmpty();
        }
    }

    @Test
    void itIsEnoughWhereCommandsAreRenamedAway() throws Exception {
        List<String> options = new ArrayList<>();
        RENAMED.forEach(command -> options.addAll(List.of("--rename-command", command, "")));
        try (var redis = production(options)) {
            assertThat(RENAMED)
                    .allSatisfy(
                            command ->
                                    assertThat(answer(redis, command)).contains("unknown command"));

            walk(redis);
        }
    }

    private static String answer(ConfiguredRedis redis, String command) {
        return asAdmin(
                redis,
                commands -> {
                    try {
                        return commands.dispatch(
                                () -> command.getBytes(StandardCharsets.US_ASCII),
                                new StatusOutput<>(StringCodec.UTF8));
                    } catch (RedisCommandExecutionException e) {
                        return e.getMessage();
                    }
                });
    }

    @Test
    void theUserMayDoNothingDangerous() throws Exception {
        try (var redis = production(List.of())) {
            List<String> dangerous =
                    asAdmin(redis, commands -> raw(commands, "ACL", "CAT", "dangerous"));

            assertThat(dangerous).contains("flushall", "keys", "config|set").hasSizeGreaterThan(50);
            assertThat(dangerous)
                    .allSatisfy(
                            command ->
                                    assertThat(withAnyArguments(redis, command.split("\\|")))
                                            .contains("no permissions"));
        }
    }

    @Test
    void theUserMayCallWhatTheScriptsCall() throws Exception {
        var called = new TreeSet<String>();
        try (var scripts = Files.walk(SCRIPTS)) {
            for (var script : scripts.filter(Files::isRegularFile).toList()) {
                CALL.matcher(Files.readString(script))
                        .results()
                        .forEach(call -> called.add(call.group(1)));
            }
        }
        assertThat(called).contains("ZREMRANGEBYRANK", "SETRANGE", "PSETEX").hasSizeGreaterThan(15);
        try (var redis = production(List.of())) {
            assertThat(called)
                    .allSatisfy(
                            command ->
                                    assertThat(withAnyArguments(redis, command)).isEqualTo("OK"));
        }
    }

    /** Whether a command is allowed is told only where its number of arguments is right. */
    private static String withAnyArguments(ConfiguredRedis redis, String... command) {
        List<String> words = new ArrayList<>(List.of(command));
        var answer = dryRun(redis, "cistern", command);
        while (answer.contains("wrong number of arguments") && words.size() < 8) {
            words.add("cistern:x");
            answer = dryRun(redis, "cistern", words.toArray(String[]::new));
        }
        return answer;
    }

    private static List<String> raw(RedisCommands<String, String> commands, String... words) {
        var arguments = new CommandArgs<>(StringCodec.UTF8);
        List.of(words).subList(1, words.length).forEach(arguments::add);
        return commands.dispatch(
                () -> words[0].getBytes(StandardCharsets.US_ASCII),
                new ValueListOutput<>(StringCodec.UTF8),
                arguments);
    }

    @Test
    void theUserReachesNobodyElsesKeysAndChannels() throws Exception {
        try (var redis = production(List.of())) {
            assertThat(dryRun(redis, "cistern", "GET", "cistern:{items:0}:e:a")).isEqualTo("OK");
            assertThat(dryRun(redis, "cistern", "GET", "other:a")).contains("no permissions");
            assertThat(dryRun(redis, "cistern", "DEL", "cisternx")).contains("no permissions");
            assertThat(dryRun(redis, "cistern", "PUBLISH", "cistern:backplane:0", "x"))
                    .isEqualTo("OK");
            assertThat(dryRun(redis, "cistern", "PUBLISH", "other", "x"))
                    .contains("no permissions");
            assertThat(dryRun(redis, "cistern", "EVAL", "return 1", "0"))
                    .contains("no permissions");
        }
    }

    @Test
    void nobodyEntersBeforePasswordsAreSet() throws Exception {
        try (var redis =
                ConfiguredRedis.start(
                        folder, PRODUCTION, "--aclfile", AclFile.SHIPPED.toAbsolutePath() + "")) {
            for (var user : List.of("default", "cistern", "admin")) {
                assertThat(entering(redis, user)).as(user).contains("WRONGPASS");
            }
        }
    }

    private static String entering(ConfiguredRedis redis, String user) {
        try {
            return redis.ask(user, "", RedisCommands::ping);
        } catch (RuntimeException e) {
            return String.valueOf(e.getCause().getMessage());
        }
    }

    @Test
    void whatWasCachedOutlivesARestart() throws Exception {
        try (var redis = production(List.of())) {
            asAdmin(redis, commands -> commands.set("cistern:kept", "value"));
        }
        try (var redis = production(List.of())) {
            String kept = asAdmin(redis, commands -> commands.get("cistern:kept"));
            assertThat(kept).isEqualTo("value");
        }
    }

    @Test
    void defragmentationIsAllThatADebianRefuses() throws Exception {
        var options =
                Files.readAllLines(FILES.resolve("defrag.conf")).stream()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .toList();
        assertThat(options).contains("activedefrag yes");
        var file = folder.resolve("defrag.conf");
        Files.write(
                file, options.stream().filter(line -> !line.startsWith("activedefrag ")).toList());

        try (var redis = production(List.of("--include", file.toString()))) {
            var lower = asAdmin(redis, c -> c.configGet("active-defrag-threshold-lower"));
            assertThat(lower).containsEntry("active-defrag-threshold-lower", "15");
        }
    }

    @Test
    void sentinelFindsTheMasterAndItsReplica() throws Exception {
        var secrets = folder.resolve("masterauth.conf");
        Files.writeString(secrets, "masterauth replication\n");
        try (var master = production(List.of("--include", secrets.toString()));
                var replica =
                        production(
                                List.of(
                                        "--include",
                                        secrets.toString(),
                                        "--replicaof",
                                        "127.0.0.1",
                                        Integer.toString(master.port()),
                                        "--appenddirname",
                                        "replica"));
                var sentinel = sentinel(master.port())) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> {
                                var seen =
                                        sentinel.ask(
                                                "default", "sentinel", c -> c.info("sentinel"));
                                assertThat(seen)
                                        .contains("name=cistern,status=ok", "slaves=1,sentinels=1");
                            });
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> replica.log().contains("sync: Finished with success"));
            changesAreConfirmedByTheReplica(sentinel);
            var log = asAdmin(master, RedisCommands::aclLog);
            assertThat(log).asList().isEmpty();
        }
    }

    private void changesAreConfirmedByTheReplica(ConfiguredRedis sentinel) {
        try (var instance =
                Instance.inMemory()
                        .set("CACHE_TYPE", "redis")
                        .set("REDIS_SENTINEL_HOSTS", "127.0.0.1:" + sentinel.port())
                        .set("REDIS_SERVICE_NAME", "cistern")
                        .set("REDIS_SENTINEL_PASSWORD", "sentinel")
                        .set("REDIS_USERNAME", "cistern")
                        .set("REDIS_PASSWORD", "cistern")
                        .route("items", Routes.http("items", origin, Map.of("near", "off")))
                        .start()) {
            assertThat(instance.lookup("items", "a").cacheStatus()).contains("stored");
            assertThat(instance.lookup("items", "a").cacheStatus()).contains("detail=shared");
            assertThat(instance.delete(Instance.entry("items", "a")).status()).isEqualTo(204);
            assertThat(instance.lookup("items", "a").cacheStatus()).contains("stored");
            assertThat(denied(instance)).isZero();
        }
    }

    /** From a copy, which it rewrites. */
    private ConfiguredRedis sentinel(int master) throws Exception {
        var secrets = folder.resolve("sentinel-auth.conf");
        Files.writeString(secrets, "requirepass sentinel\nsentinel auth-pass cistern sentinel\n");
        var text =
                Files.readString(FILES.resolve("sentinel.conf"))
                        .replace("/etc/redis/sentinel.d/*.conf", secrets.toString())
                        .replace("127.0.0.1 6379", "127.0.0.1 " + master);
        var copy = Files.writeString(folder.resolve("sentinel.conf"), text);
        return ConfiguredRedis.start(folder, copy, "--sentinel");
    }
}
