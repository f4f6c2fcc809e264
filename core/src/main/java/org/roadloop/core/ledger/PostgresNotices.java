package org.roadloop.core.ledger;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What LISTEN hears (通知). {@code java.sql} has no word for it and the driver is no dependency of
 * this module, so two methods of {@code org.postgresql.PGConnection} are called by name. One
 * thread.
 */
final class PostgresNotices {
    private final Object connection;
    private final Method notifications;

    private PostgresNotices(Object connection, Method notifications) {
        this.connection = connection;
        this.notifications = notifications;
    }

    static PostgresNotices of(Connection session) throws SQLException {
        try {
            Class<?> type =
                    Class.forName(
                            "org.postgresql.PGConnection",
                            true,
                            session.getClass().getClassLoader());
            return new PostgresNotices(
                    session.unwrap(type), type.getMethod("getNotifications", int.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "the JDBC driver is not PostgreSQL's own: " + session.getClass().getName(), e);
        }
    }

    /** Texts of the notices that came, after at most {@code millis}; empty if none did. */
    List<String> await(int millis) throws SQLException {
        List<String> texts = new ArrayList<>();
        try {
            @Nullable Object found = notifications.invoke(connection, millis);
            if (found instanceof Object[] notices) {
                for (Object notice : notices) {
                    Method text =
                            Class.forName(
                                            "org.postgresql.PGNotification",
                                            true,
                                            notice.getClass().getClassLoader())
                                    .getMethod("getParameter");
                    texts.add(String.valueOf(text.invoke(notice)));
                }
            }
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SQLException sql) {
                throw sql;
            }
            throw new IllegalStateException("LISTEN", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the JDBC driver has no getNotifications", e);
        }
        return texts;
    }
}
