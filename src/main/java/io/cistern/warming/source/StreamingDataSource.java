package io.cistern.warming.source;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Lends connections over which results come as they are wanted: PostgreSQL streams only outside of
 * autocommit, H2 only with lazy execution. What was set is set back when a connection is closed.
 */
final class StreamingDataSource extends DelegatingDataSource {

    StreamingDataSource(DataSource source) {
        super(source);
    }

    @Override
    public Connection getConnection() throws SQLException {
        var connection = super.getConnection();
        try {
            return new StreamingConnection(connection).proxy();
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    static boolean isH2(Connection connection) throws SQLException {
        return connection
                .getMetaData()
                .getDatabaseProductName()
                .toLowerCase(Locale.ROOT)
                .equals("h2");
    }
}
