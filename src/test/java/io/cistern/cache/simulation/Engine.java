package io.cistern.cache.simulation;

import io.cistern.cache.Cache;
import io.cistern.cache.CachePolicy;
import io.cistern.cache.Caches;
import io.cistern.cache.Heartbeat;
import io.cistern.cache.spi.Backplane;
import io.cistern.cache.spi.Clock;
import io.cistern.cache.spi.Loader;
import io.cistern.cache.spi.NearStore;
import io.cistern.cache.spi.Observer;
import io.cistern.cache.spi.Store;
import io.cistern.cache.spi.Terms;
import io.cistern.cache.spi.Timers;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.DoubleSupplier;

/**
 * One instance: an engine with its heartbeat. Once it has crashed, nothing reaches or leaves it.
 */
final class Engine {

    final int id;
    final Caches caches;
    final Cache cache;
    final FakeSession session;
    private final Heartbeat heartbeat;
    private boolean crashed;

    Engine(
            int id,
            FakeSession session,
            NearStore.Factory nears,
            Clock clock,
            Timers timers,
            Backplane backplane,
            DoubleSupplier random,
            CachePolicy policy,
            Loader origin,
            Terms terms) {
        this.id = id;
        this.session = session;
        var mortal =
                (Store)
                        Proxy.newProxyInstance(
                                Store.class.getClassLoader(),
                                new Class<?>[] {Store.class},
                                mortal(session));
        Timers whileAlive =
                (delay, task) ->
                        timers.after(
                                delay,
                                () -> {
                                    if (!crashed) {
                                        task.run();
                                    }
                                });
        this.caches =
                new Caches(
                        mortal,
                        nears,
                        clock,
                        whileAlive,
                        news -> {
                            if (!crashed) {
                                backplane.send(news);
                            }
                        },
                        (any, counted) -> Observer.NONE,
                        random);
        this.cache = caches.open("simulated", policy, origin, terms);
        this.heartbeat = new Heartbeat(caches, mortal, whileAlive, clock);
    }

    void startHeartbeat() {
        heartbeat.start();
    }

    void stopHeartbeat() {
        heartbeat.close();
    }

    void hear(Backplane.News news) {
        if (!crashed) {
            caches.hear(news);
        }
    }

    void crash() {
        crashed = true;
        session.close();
        heartbeat.close();
    }

    boolean isCrashed() {
        return crashed;
    }

    private InvocationHandler mortal(Store store) {
        return (proxy, method, arguments) -> {
            var stage = CompletionStage.class.isAssignableFrom(method.getReturnType());
            var answer = new CompletableFuture<Object>();
            if (crashed && stage) {
                return answer;
            }
            Object result;
            try {
                result = method.invoke(store, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
            if (!stage) {
                return result;
            }
            ((CompletionStage<?>) result)
                    .whenComplete(
                            (value, error) -> {
                                if (crashed) {
                                    return;
                                }
                                if (error == null) {
                                    answer.complete(value);
                                } else {
                                    answer.completeExceptionally(error);
                                }
                            });
            return answer;
        };
    }
}
