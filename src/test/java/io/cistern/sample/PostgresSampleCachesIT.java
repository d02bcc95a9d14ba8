package io.cistern.sample;

import io.cistern.testing.PostgresServer;

class PostgresSampleCachesIT extends SampleCachesFixture {

    private PostgresServer server;

    @Override
    String openDatabase() throws Exception {
        server = PostgresServer.start();
        return server.database("caches");
    }

    @Override
    void closeDatabase() throws Exception {
        server.close();
    }
}
