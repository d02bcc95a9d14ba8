import io.lettuce.core.RedisClient;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * What a lookup is measured against: a bare Vert.x server that answers every request with the same
 * 1 KiB, or with what a Redis GET of the last path segment gives. No routes, no headers but the
 * length, no cache.
 *
 * <pre>java -cp 'target/lib/*' bench/Baseline.java constant|redis HTTP-PORT LOOPS [REDIS-PORT]</pre>
 */
public final class Baseline {

    private static final int VALUE = 1024;

    private Baseline() {}

    public static void main(String[] arguments) {
        var port = Integer.parseInt(arguments[1]);
        var loops = Integer.parseInt(arguments[2]);
        Supplier<AbstractVerticle> server;
        if (arguments[0].equals("constant")) {
            var value = Buffer.buffer("x".repeat(VALUE));
            server = () -> new Server(port, null, value);
        } else {
            var client = RedisClient.create("redis://127.0.0.1:" + arguments[3]);
            var value = "x".repeat(VALUE).getBytes(StandardCharsets.UTF_8);
            var keys = client.connect(ByteArrayCodec.INSTANCE).sync();
            for (var i = 0; i < 10_000; i++) {
                keys.set(("baseline:" + i).getBytes(StandardCharsets.UTF_8), value);
            }
            server =
                    () -> new Server(port, client.connect(ByteArrayCodec.INSTANCE).async(), null);
        }
        Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(true))
                .deployVerticle(server::get, new DeploymentOptions().setInstances(loops))
                .onSuccess(done -> System.out.println("ready"))
                .onFailure(
                        error -> {
                            error.printStackTrace();
                            System.exit(1);
                        });
    }

    private static final class Server extends AbstractVerticle {
        private final int port;
        private final RedisAsyncCommands<byte[], byte[]> redis;
        private final Buffer constant;

        Server(int port, RedisAsyncCommands<byte[], byte[]> redis, Buffer constant) {
            this.port = port;
            this.redis = redis;
            this.constant = constant;
        }

        @Override
        public void start() {
            vertx.createHttpServer(new HttpServerOptions())
                    .requestHandler(
                            request -> {
                                if (redis == null) {
                                    request.response().end(constant);
                                    return;
                                }
                                var path = request.path();
                                var key = "baseline:" + path.substring(path.lastIndexOf('/') + 1);
                                var context = vertx.getOrCreateContext();
                                redis.get(key.getBytes(StandardCharsets.UTF_8))
                                        .thenAccept(
                                                value ->
                                                        context.runOnContext(
                                                                ignored ->
                                                                        request.response()
                                                                                .end(
                                                                                        Buffer.buffer(
                                                                                                value))));
                            })
                    .listen(port)
                    .onFailure(
                            error -> {
                                error.printStackTrace();
                                System.exit(1);
                            });
        }
    }
}
