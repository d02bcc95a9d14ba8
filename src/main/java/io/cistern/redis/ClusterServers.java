package io.cistern.redis;

import io.cistern.settings.HostAndPort;
import io.cistern.settings.RedisPlace;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The masters of a Cluster, each with connections and a pulse of its own, so that one which is dead
 * or frozen holds up nobody else. Who holds what is asked every second, and at once when a server
 * refuses a name or is lost.
 */
final class ClusterServers implements RedisServers {
    private static final Logger LOG = LoggerFactory.getLogger(RedisConnections.class);
    private static final Duration FOLLOW = Duration.ofSeconds(1);

    /** Slots move one at a time: between two questions there is time for some of them to move. */
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    private final RedisNode.Shared shared;
    private final RedisClient client;
    private final ClusterFinder finder;
    private final RedisLink link;
    private final Map<HostAndPort, Member> members = new ConcurrentHashMap<>();
    private final List<Runnable> upListeners = new CopyOnWriteArrayList<>();
    private volatile ClusterSlots slots;
    private CompletableFuture<Void> looking;
    private boolean stopped;

    /** A master and a name that it holds. */
    private record Member(RedisNode node, Probe probe) {}

    private static final class Probe {
        private volatile byte[] name = {};
    }

    ClusterServers(RedisNode.Shared shared, RedisClient client, RedisPlace.Cluster place) {
        this.shared = shared;
        this.client = client;
        var settings = shared.settings();
        finder = new ClusterFinder(client, settings, place);
        link =
                new RedisLink(
                        settings.address(),
                        shared.clock(),
                        shared.scheduler(),
                        () -> {},
                        new Stillness(FOLLOW.multipliedBy(2), settings.socketTimeout()),
                        new RedisAdvice(settings));
    }

    @Override
    public RedisLink link() {
        return link;
    }

    @Override
    public boolean isCluster() {
        return true;
    }

    @Override
    public DataConnection to(byte[] name) {
        var now = slots;
        var member =
                now == null
                        ? null
                        : now.owner(SlotHash.getSlot(name)).map(members::get).orElse(null);
        if (member == null) {
            throw new RedisUnavailableException(link.address(), "no master for a slot");
        }
        return member.node();
    }

    @Override
    public List<DataConnection> all() {
        var now = slots;
        if (now == null || !now.isWhole()) {
            throw new RedisUnavailableException(link.address(), "no master for a slot");
        }
        List<DataConnection> all = new ArrayList<>();
        for (var owner : now.owners()) {
            var member = members.get(owner);
            if (member == null) {
                throw new RedisUnavailableException(link.address(), "its masters change");
            }
            all.add(member.node());
        }
        return all;
    }

    @Override
    public void onUp(Runnable listener) {
        upListeners.add(listener);
    }

    @Override
    public void start() {
        shared.scheduler()
                .scheduleWithFixedDelay(this::look, 0, FOLLOW.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void stop() {
        stopped = true;
        members.values().forEach(member -> member.node().stop());
    }

    @Override
    public CompletionStage<Void> look() {
        CompletableFuture<Void> mine;
        synchronized (this) {
            if (looking != null) {
                return looking;
            }
            mine = new CompletableFuture<>();
            looking = mine;
        }
        finder.find()
                .whenComplete(
                        (found, error) -> shared.scheduler().execute(() -> seen(found, error)))
                .whenComplete((found, error) -> soon(mine));
        return mine;
    }

    private void soon(CompletableFuture<Void> done) {
        shared.scheduler()
                .schedule(
                        () -> {
                            synchronized (this) {
                                looking = null;
                            }
                            done.complete(null);
                        },
                        BETWEEN_LOOKS.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private synchronized void seen(ClusterSlots found, Throwable error) {
        if (stopped) {
            return;
        }
        if (error == null) {
            var owners = found.owners();
            owners.forEach(this::join);
            slots = found;
            members.forEach((at, member) -> member.probe().name = probeAt(found, at));
            leave(owners);
            judge(null);
        } else if (slots == null) {
            judge(RedisFailure.of(error));
        }
    }

    private byte[] probeAt(ClusterSlots found, HostAndPort at) {
        return found.nameAt(at, shared.settings().keyPrefix() + "probe")
                .getBytes(StandardCharsets.UTF_8);
    }

    private void join(HostAndPort at) {
        members.computeIfAbsent(
                at,
                any -> {
                    LOG.info("Redis: {} is a master of the cluster", at);
                    var member = member(at);
                    member.node().start();
                    return member;
                });
    }

    private Member member(HostAndPort at) {
        var probe = new Probe();
        var uri = LettuceSetup.uri(shared.settings(), at);
        var node =
                new RedisNode(
                        shared,
                        at.toString(),
                        () -> client.connectAsync(ByteArrayCodec.INSTANCE, uri),
                        (sent, answered, micros) -> sample(at, sent, answered, micros),
                        () -> probe.name);
        node.onUp(() -> upListeners.forEach(Runnable::run));
        node.link()
                .onChange(
                        () -> {
                            judge(null);
                            if (!node.isUp()) {
                                look();
                            }
                        });
        return new Member(node, probe);
    }

    /** What is no master any more must not be asked: what it says is old. */
    private void leave(Set<HostAndPort> owners) {
        members.entrySet()
                .removeIf(
                        each -> {
                            if (owners.contains(each.getKey())) {
                                return false;
                            }
                            LOG.info("Redis: {} is no master of the cluster", each.getKey());
                            each.getValue().node().stop();
                            return true;
                        });
    }

    /** Everything is dated by one clock: that of the first master that answers. */
    private void sample(HostAndPort at, long sent, long answered, long micros) {
        var reference =
                members.entrySet().stream()
                        .filter(each -> each.getValue().node().isUp() || each.getKey().equals(at))
                        .map(each -> each.getKey().toString())
                        .min(String::compareTo);
        if (reference.isEmpty() || reference.get().equals(at.toString())) {
            shared.clock().sample(sent, answered, micros);
        }
    }

    /** The Cluster is up when all of it is; where a part is away, the rest goes on. */
    private synchronized void judge(RedisFailure failure) {
        var states = members.values().stream().map(member -> member.node().link()).toList();
        if (failure != null) {
            link.down(failure);
        } else if (states.stream().anyMatch(RedisLink::isUp)) {
            var trouble = states.stream().filter(it -> !it.isWritable()).findFirst().orElse(null);
            if (trouble != null && trouble.isSettled()) {
                link.partly(trouble);
            } else if (!slots.isWhole()) {
                link.readOnly(RedisFailure.NO_MASTER);
            } else if (trouble == null) {
                link.up();
            }
        } else if (!states.isEmpty() && states.stream().allMatch(RedisLink::isSettled)) {
            link.as(states.get(0));
        } else if (states.isEmpty() && slots != null) {
            link.down(RedisFailure.NO_MASTER);
        }
    }
}
