package io.cistern.warming.source;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;

/** A connection that gets its modes back before it returns to its pool. */
final class StreamingConnection implements InvocationHandler {

    private final Connection connection;
    private final boolean autoCommit;
    private final boolean isH2;
    private boolean closed;

    StreamingConnection(Connection connection) throws SQLException {
        this.connection = connection;
        this.isH2 = StreamingDataSource.isH2(connection);
        this.autoCommit = connection.getAutoCommit();
        if (isH2) {
            lazily(true);
        }
        connection.setAutoCommit(false);
    }

    Connection proxy() {
        return (Connection)
                Proxy.newProxyInstance(
                        Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
        if (method.getName().equals("close")) {
            close();
            return null;
        }
        try {
            return method.invoke(connection, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private void close() throws SQLException {
        if (closed) {
            return;
        }
        closed = true;
        try (connection) {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
            if (isH2) {
                lazily(false);
            }
        }
    }

    private void lazily(boolean lazy) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("SET LAZY_QUERY_EXECUTION " + (lazy ? 1 : 0));
        }
    }
}
