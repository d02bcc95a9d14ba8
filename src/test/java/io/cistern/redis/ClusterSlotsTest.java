package io.cistern.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.cistern.settings.HostAndPort;
import io.lettuce.core.cluster.SlotHash;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterSlotsTest {

    private static final HostAndPort A = new HostAndPort("10.0.0.1", 7001);
    private static final HostAndPort B = new HostAndPort("10.0.0.2", 7002);
    private static final HostAndPort C = new HostAndPort("10.0.0.3", 7003);

    private static String node(char id, HostAndPort at, String flags, int epoch, String slots) {
        return "%s %s:%d@1%d %s - 0 1700000000000 %d connected %s\n"
                .formatted(
                        Character.toString(id).repeat(40),
                        at.host(),
                        at.port(),
                        at.port(),
                        flags,
                        epoch,
                        slots);
    }

    private static String replica(char id, HostAndPort at, char master, int epoch) {
        return node(id, at, "slave", epoch, "")
                .replace(" - ", " " + Character.toString(master).repeat(40) + " ");
    }

    @Test
    void aSlotIsItsMasters() {
        var view =
                node('a', A, "myself,master", 1, "0-8191")
                        + node('b', B, "master", 2, "8192-16383")
                        + replica('c', C, 'a', 1);

        var slots = ClusterSlots.of(List.of(view));

        assertThat(slots.owner(0)).contains(A);
        assertThat(slots.owner(8191)).contains(A);
        assertThat(slots.owner(8192)).contains(B);
        assertThat(slots.owners()).containsExactlyInAnyOrder(A, B);
        assertThat(slots.members()).containsExactlyInAnyOrder(A, B, C);
        assertThat(slots.isWhole()).isTrue();
    }

    /** A master that was cut off still takes itself for one, whoever is asked first. */
    @Test
    void theLaterEpochIsRight() {
        var left = node('a', A, "myself,master", 1, "0-16383") + replica('c', C, 'a', 1);
        var others =
                node('a', A, "master,fail", 1, "") + node('c', C, "myself,master", 3, "0-16383");

        for (var views : List.of(List.of(left, others), List.of(others, left))) {
            var slots = ClusterSlots.of(views);
            assertThat(slots.owner(7)).contains(C);
            assertThat(slots.owners()).containsExactly(C);
        }
    }

    @Test
    void aSlotWithoutAMasterIsNobodys() {
        var slots = ClusterSlots.of(List.of(node('a', A, "myself,master", 1, "0-99")));

        assertThat(slots.owner(100)).isEmpty();
        assertThat(slots.isWhole()).isFalse();
    }

    @Test
    void whatIsMovingStaysWhereItIsUntilItHasMoved() {
        var moving =
                node('a', A, "myself,master", 1, "0-99 [7->-" + "b".repeat(40) + "]")
                        + node('b', B, "master", 2, "100-16383");

        assertThat(ClusterSlots.of(List.of(moving)).owner(7)).contains(A);
    }

    @Test
    void aNodeWhoseAddressIsNotKnownIsNone() {
        var view =
                node('a', A, "myself,master", 1, "0-99")
                        + "b".repeat(40)
                        + " :0@0 master,noaddr - 0 1700000000000 2 disconnected 100-200\n";

        var slots = ClusterSlots.of(List.of(view));

        assertThat(slots.members()).containsExactly(A);
        assertThat(slots.owner(150)).isEmpty();
    }

    @Test
    void findsANameThatAMasterHolds() {
        var view =
                node('a', A, "myself,master", 1, "0-8191")
                        + node('b', B, "master", 2, "8192-16383");
        var slots = ClusterSlots.of(List.of(view));

        for (var master : List.of(A, B)) {
            var name = slots.nameAt(master, "p:probe");
            assertThat(name).startsWith("p:probe");
            assertThat(slots.owner(SlotHash.getSlot(name))).contains(master);
        }
    }
}
