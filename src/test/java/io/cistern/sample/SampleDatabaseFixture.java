package io.cistern.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SampleDatabaseFixture {

    /** Makes an empty database of its own for each test. */
    abstract String database(String name) throws Exception;

    @Test
    void fillsItselfOnce() throws Exception {
        try (var dataSource = new HikariDataSource()) {
            dataSource.setJdbcUrl(database("fill"));
            var database = new SampleDatabase();
            database.setDataSource(dataSource);
            database.fill();
            assertThat(count(dataSource, "setting")).isEqualTo(200);
            assertThat(count(dataSource, "detector_model")).isEqualTo(50);
            assertThat(count(dataSource, "detection")).isEqualTo(6000);
            assertThat(count(dataSource, "dataset")).isEqualTo(2000);
            assertThat(count(dataSource, "api_response")).isEqualTo(240);
            assertThat(count(dataSource, "user_session")).isEqualTo(500);
            assertThat(count(dataSource, "place")).isEqualTo(35756);

            execute(dataSource, "delete from setting where name = 'ui.theme'");
            database.fill();
            assertThat(count(dataSource, "setting")).isEqualTo(199);
        }
    }

    @Test
    void isTheSameEveryTime() throws Exception {
        var sum = "select sum(views * cast(id as bigint)) from dataset";
        try (var one = new HikariDataSource();
                var other = new HikariDataSource()) {
            one.setJdbcUrl(database("one"));
            other.setJdbcUrl(database("other"));
            for (var dataSource : new HikariDataSource[] {one, other}) {
                var database = new SampleDatabase();
                database.setDataSource(dataSource);
                database.fill();
            }
            assertThat(number(one, sum)).isPositive().isEqualTo(number(other, sum));
        }
    }

    @Test
    void isLeftAloneWhereItCannotBeWritten() throws Exception {
        try (var dataSource = new HikariDataSource()) {
            dataSource.setJdbcUrl(database("conflict"));
            execute(dataSource, "create table dataset (other integer)");
            var database = new SampleDatabase();
            database.setDataSource(dataSource);
            database.fill();
            assertThat(count(dataSource, "dataset")).isZero();
        }
    }

    @Test
    void severalInstancesFillItTogether() throws Exception {
        try (var dataSource = new HikariDataSource()) {
            dataSource.setJdbcUrl(database("together"));
            var database = new SampleDatabase();
            database.setDataSource(dataSource);
            var instances =
                    Stream.generate(() -> CompletableFuture.runAsync(database::fill)).limit(2);
            CompletableFuture.allOf(instances.toArray(CompletableFuture[]::new))
                    .get(60, TimeUnit.SECONDS);
            assertThat(count(dataSource, "place")).isEqualTo(35756);
        }
    }

    private static long count(HikariDataSource dataSource, String table) throws SQLException {
        return number(dataSource, "select count(*) from " + table);
    }

    private static long number(HikariDataSource dataSource, String sql) throws SQLException {
        try (var connection = dataSource.getConnection();
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    private static void execute(HikariDataSource dataSource, String sql) throws SQLException {
        try (var connection = dataSource.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
