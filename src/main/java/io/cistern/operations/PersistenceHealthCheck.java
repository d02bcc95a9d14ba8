package io.cistern.operations;

import io.cistern.store.disk.DiskJournal;
import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;

/**
 * Is down while nothing is kept over a restart, or what was kept turned out to be damaged. Lookups
 * are answered all the same, so it holds nothing back.
 */
public final class PersistenceHealthCheck extends Information {

    private final DiskJournal journal;

    public PersistenceHealthCheck(DiskJournal journal) {
        super("persistence");
        this.journal = journal;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.detail("folder", journal.folder());
        builder.detail("entries", journal.entries());
        builder.detail("bytes", journal.bytes());
        builder.detail("restoring", journal.isRestoring());
        journal.troubleSince().ifPresent(since -> builder.detail("since", since.toString()));
        tell(builder, journal.trouble().orElse(""));
    }
}
