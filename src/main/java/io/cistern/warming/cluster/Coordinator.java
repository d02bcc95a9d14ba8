package io.cistern.warming.cluster;

import io.cistern.warming.run.RunReport;
import java.util.Map;
import java.util.Optional;

/**
 * What instances agree on. Calls may wait for an answer, for a second at most, and are made on
 * warming's own threads.
 */
public interface Coordinator extends AutoCloseable {

    /** What came of an attempt to do what one instance is to do. */
    enum Claim {
        /** The caller is to do it. */
        MINE,
        /** Another one does it now. */
        OTHERS,
        /** It was done, not long ago. */
        DONE,
        /** Nobody can tell: the shared store is away. */
        UNKNOWN
    }

    /** What a run is told when it reports. */
    enum Order {
        GO_ON,
        /** Somebody wants it to end. */
        CANCEL,
        /** Another instance took it for dead and runs the strategy now. */
        GIVE_UP
    }

    /** The name of this instance, unlike that of any other. */
    String instance();

    /**
     * Asks to be the one for a firing of a schedule.
     *
     * @param strategy its name
     * @param tick which firing, alike on all instances
     */
    Claim claimTick(String strategy, long tick);

    /**
     * Asks to be the one for a strategy that another instance began to run and may have left
     * behind: {@link Claim#OTHERS} while that can't be told yet, {@link Claim#DONE} if its run
     * ended.
     *
     * @param strategy its name
     */
    Claim claimLeft(String strategy);

    /**
     * Asks to be the one for a start-up run.
     *
     * @param digest of the strategy's definition: another one is to be run again
     */
    Claim claimStartup(String strategy, String digest);

    /** The claim of a start-up run goes on; to be called every second. */
    void keepStartup(String strategy, String digest);

    /**
     * Tells that the start-up run is over.
     *
     * @param done whether it is not to be repeated within a minute
     */
    void endStartup(String strategy, String digest, boolean done);

    /**
     * Asks to be the only one to run a strategy.
     *
     * @param run which; what another instance left behind of its run is put on record
     */
    Claim begin(RunReport run);

    /** Tells of a run that waits for its turn, or how it goes on; to be called every second. */
    Order report(RunReport run);

    /** Tells that a run is over. */
    void end(RunReport run);

    /** A run of this or another instance, as long as it is remembered. */
    Optional<RunReport> run(String id);

    /** The last run of a strategy that ended or is under way. */
    Optional<RunReport> lastRun(String strategy);

    /**
     * Asks a run of another instance to end.
     *
     * @return false if it can't be asked
     */
    boolean cancel(String id);

    /** Takes in what other instances have turned on or off; to be called every second. */
    void refresh();

    /** Whether strategies may run, where somebody has said so; others follow their definition. */
    Map<String, Boolean> switches();

    /**
     * Lets a strategy run or not, on all instances and over restarts.
     *
     * @throws IllegalStateException if that can't be kept
     */
    void turn(String strategy, boolean on);

    @Override
    void close();
}
