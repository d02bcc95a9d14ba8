package io.cistern.warming.cluster;

import io.cistern.warming.run.RunReport;
import java.util.Map;
import java.util.Optional;

/** For an instance that is the only one. */
public final class AloneCoordinator implements Coordinator {

    private final RunRecords records = new RunRecords();
    private final Switches switches;
    private final String instance;

    /**
     * @param instance its name
     * @param switches keeps what is turned off
     */
    public AloneCoordinator(String instance, Switches switches) {
        this.instance = instance;
        this.switches = switches;
    }

    @Override
    public String instance() {
        return instance;
    }

    @Override
    public Claim claimTick(String strategy, long tick) {
        return Claim.MINE;
    }

    @Override
    public Claim claimLeft(String strategy) {
        return Claim.DONE;
    }

    @Override
    public Claim claimStartup(String strategy, String digest) {
        return Claim.MINE;
    }

    @Override
    public void keepStartup(String strategy, String digest) {
        // nobody else asks
    }

    @Override
    public void endStartup(String strategy, String digest, boolean done) {
        // nobody else asks
    }

    @Override
    public Claim begin(RunReport run) {
        records.add(run);
        return Claim.MINE;
    }

    @Override
    public Order report(RunReport run) {
        records.add(run);
        return Order.GO_ON;
    }

    @Override
    public void end(RunReport run) {
        records.add(run);
    }

    @Override
    public Optional<RunReport> run(String id) {
        return records.find(id);
    }

    @Override
    public Optional<RunReport> lastRun(String strategy) {
        return records.last(strategy);
    }

    @Override
    public boolean cancel(String id) {
        return false;
    }

    @Override
    public void refresh() {
        // nobody else turns any
    }

    @Override
    public Map<String, Boolean> switches() {
        return switches.all();
    }

    @Override
    public void turn(String strategy, boolean on) {
        switches.turn(strategy, on);
    }

    @Override
    public void close() {
        // nothing is open
    }
}
