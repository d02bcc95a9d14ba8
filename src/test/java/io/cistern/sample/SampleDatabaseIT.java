package io.cistern.sample;

import java.util.UUID;

class SampleDatabaseIT extends SampleDatabaseFixture {

    /** A database with the settings that the application gives it. */
    static String h2(String name) {
        return "jdbc:h2:mem:"
                + name
                + UUID.randomUUID()
                + ";DB_CLOSE_DELAY=-1;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE";
    }

    @Override
    String database(String name) {
        return h2(name);
    }
}
