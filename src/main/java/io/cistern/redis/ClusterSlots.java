package io.cistern.redis;

import io.cistern.settings.HostAndPort;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.partitions.ClusterPartitionParser;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which master of a Cluster holds which slot, by what several of its nodes say: of two claims to a
 * slot the one with the later configuration epoch is right (Redis Cluster specification,
 * "Propagation of slots configuration"), so that a master which was left behind, and does not know
 * it yet, gets nothing.
 */
final class ClusterSlots {

    private final HostAndPort[] owners = new HostAndPort[SlotHash.SLOT_COUNT];
    private final Set<HostAndPort> members = new LinkedHashSet<>();

    private ClusterSlots() {}

    /**
     * @param views answers of nodes to CLUSTER NODES
     */
    static ClusterSlots of(Collection<String> views) {
        var slots = new ClusterSlots();
        var epochs = new long[SlotHash.SLOT_COUNT];
        Arrays.fill(epochs, -1);
        for (var view : views) {
            for (var node : ClusterPartitionParser.parse(view)) {
                slots.add(node, epochs);
            }
        }
        return slots;
    }

    private void add(RedisClusterNode node, long[] epochs) {
        var uri = node.getUri();
        if (uri == null || uri.getPort() == 0 || node.is(RedisClusterNode.NodeFlag.NOADDR)) {
            return;
        }
        var at = new HostAndPort(uri.getHost(), uri.getPort());
        members.add(at);
        if (!node.is(RedisClusterNode.NodeFlag.UPSTREAM)) {
            return;
        }
        for (var slot : node.getSlots()) {
            if (node.getConfigEpoch() > epochs[slot]) {
                epochs[slot] = node.getConfigEpoch();
                owners[slot] = at;
            }
        }
    }

    /** The master of a slot, where one is known. */
    Optional<HostAndPort> owner(int slot) {
        return Optional.ofNullable(owners[slot]);
    }

    /** All masters that hold something. */
    Set<HostAndPort> owners() {
        Set<HostAndPort> all = new LinkedHashSet<>(Arrays.asList(owners));
        all.remove(null);
        return all;
    }

    /** All nodes of which somebody knows, replicas among them. */
    Set<HostAndPort> members() {
        return members;
    }

    /** Whether every slot has its master. */
    boolean isWhole() {
        return Arrays.stream(owners).noneMatch(owner -> owner == null);
    }

    /**
     * @return a name in a slot of this master; the prefix alone where it has none
     */
    String nameAt(HostAndPort master, String prefix) {
        for (var i = 0; i < SlotHash.SLOT_COUNT; i++) {
            var name = prefix + "{" + i + "}";
            if (master.equals(owners[SlotHash.getSlot(name)])) {
                return name;
            }
        }
        return prefix;
    }
}
