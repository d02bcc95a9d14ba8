package io.cistern.sample;

import io.cistern.testing.PostgresServer;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresSampleDatabaseIT extends SampleDatabaseFixture {

    private PostgresServer server;

    @BeforeAll
    void start() throws Exception {
        server = PostgresServer.start();
    }

    @AfterAll
    void stop() throws Exception {
        server.close();
    }

    @Override
    String database(String name) throws SQLException {
        return server.database(name);
    }
}
