package io.cistern.cache.simulation;

import io.cistern.cache.order.Marks;
import io.cistern.cache.order.Position;

/** What an instance wants to become of a history that lacks what it has seen. */
sealed interface Hello {

    /** Nothing yet: it is told up to where the history is its own. */
    record Ask() implements Hello {}

    /**
     * What the history lacks is said again.
     *
     * @param shared up to which version both are the same
     * @param lacking all that came later
     */
    record Replay(long shared, Marks.Difference lacking) implements Hello {}

    /** The generation ends, and all that it holds is dead. */
    record Begin() implements Hello {}

    /**
     * @param position where the order is
     * @param beginning where its present interval begins
     * @param shared null; or up to which version the history is the caller's, who lacks the rest
     */
    record Answer(Position position, long beginning, Long shared) {}
}
