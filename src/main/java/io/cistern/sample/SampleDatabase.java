package io.cistern.sample;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills a SQL database with the sample data, once: a database that holds it already stays as it is.
 * The statements are plain SQL, for H2 and PostgreSQL.
 */
public final class SampleDatabase {
    private static final Logger LOG = LoggerFactory.getLogger(SampleDatabase.class);
    private static final int BATCH = 1000;

    // A table's rows follow its statement, so that what is there is known by the last table alone.
    private static final List<Table> TABLES =
            List.of(
                    new Table(
                            "setting",
                            "name varchar(80) primary key, scope varchar(40) not null,"
                                    + " content varchar(200) not null, description varchar(200) not null",
                            SampleRows::settings),
                    new Table(
                            "detector_model",
                            "id varchar(40) primary key, family varchar(40) not null,"
                                    + " size varchar(10) not null, version integer not null,"
                                    + " input_pixels integer not null, classes integer not null",
                            SampleRows::detectorModels),
                    new Table(
                            "detection",
                            "model_id varchar(40) not null, score double precision not null,"
                                    + " correct boolean not null",
                            SampleRows::detections),
                    new Table(
                            "dataset",
                            "id integer primary key, name varchar(80) not null,"
                                    + " topic varchar(40) not null, licence varchar(20) not null,"
                                    + " records bigint not null, views integer not null",
                            SampleRows::datasets),
                    new Table(
                            "api_response",
                            "id varchar(40) primary key, body varchar(400) not null",
                            SampleRows::apiResponses),
                    new Table(
                            "user_session",
                            "id varchar(40) primary key, user_name varchar(80) not null,"
                                    + " locale varchar(10) not null, cart_items integer not null,"
                                    + " last_page varchar(80) not null",
                            SampleRows::sessions),
                    new Table(
                            "place",
                            "id varchar(80) primary key, name varchar(80) not null,"
                                    + " country char(2) not null, region varchar(80) not null,"
                                    + " latitude double precision not null,"
                                    + " longitude double precision not null,"
                                    + " x double precision not null, y double precision not null,"
                                    + " z double precision not null",
                            SamplePlaces::rows));

    private DataSource dataSource;

    /** The database to fill. */
    public void setDataSource(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Fills the database and waits until that is done. A database that cannot be reached or written
     * is logged and left alone: the application starts without it, and its caches answer as they do
     * when an origin fails.
     */
    public void fill() {
        Objects.requireNonNull(dataSource, "dataSource");
        long start = System.nanoTime();
        try (Connection connection = dataSource.getConnection()) {
            if (isFilled(connection)) {
                return;
            }
            try {
                int rows = fill(connection);
                long millis = (System.nanoTime() - start) / 1_000_000;
                LOG.info("Filled the sample database with {} rows in {} ms", rows, millis);
            } catch (SQLException e) {
                // Another instance may have been quicker: its tables are there once it commits.
                if (!isFilled(connection)) {
                    throw e;
                }
            }
        } catch (SQLException | IOException e) {
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            LOG.warn("Cannot fill the sample database, its caches will fail: {}", message);
        }
    }

    private static boolean isFilled(Connection connection) throws SQLException {
        String last = TABLES.get(TABLES.size() - 1).name();
        try (var tables =
                connection
                        .getMetaData()
                        .getTables(
                                null,
                                connection.getSchema(),
                                last,
                                new String[] {"TABLE", "BASE TABLE"})) {
            return tables.next();
        }
    }

    private static int fill(Connection connection) throws SQLException, IOException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try {
            int rows = 0;
            for (Table table : TABLES) {
                rows += fill(connection, table);
            }
            connection.commit();
            return rows;
        } catch (SQLException | IOException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(autoCommit);
        }
    }

    private static int fill(Connection connection, Table table) throws SQLException, IOException {
        try (var statement = connection.createStatement()) {
            statement.execute("create table " + table.name() + " (" + table.columns() + ")");
        }
        int count = 0;
        try (PreparedStatement insert = connection.prepareStatement(table.insert());
                Stream<Object[]> rows = table.rows().get()) {
            for (Iterator<Object[]> i = rows.iterator(); i.hasNext(); ) {
                Object[] row = i.next();
                for (int column = 0; column < row.length; column++) {
                    insert.setObject(column + 1, row[column]);
                }
                insert.addBatch();
                if (++count % BATCH == 0) {
                    insert.executeBatch();
                }
            }
            insert.executeBatch();
        }
        return count;
    }

    private record Table(String name, String columns, Rows rows) {
        String insert() {
            int further = (int) columns.chars().filter(c -> c == ',').count();
            return "insert into " + name + " values (?" + ", ?".repeat(further) + ")";
        }
    }

    @FunctionalInterface
    private interface Rows {
        Stream<Object[]> get() throws IOException;
    }
}
