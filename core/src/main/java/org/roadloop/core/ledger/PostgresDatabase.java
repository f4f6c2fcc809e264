package org.roadloop.core.ledger;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.function.Supplier;

/** Where the PostgreSQL database of a ledger is, and who logs in (数据库). Any thread. */
public final class PostgresDatabase {
    private static final int CONNECT_SECONDS = 5;

    /** Beyond this a server that does not answer is taken for gone. */
    private static final int ANSWER_SECONDS = 20;

    private final String url;
    private final String user;
    private final Supplier<String> password;

    /**
     * @param url {@code jdbc:postgresql://HOST:PORT/DATABASE}; parameters of the driver may follow,
     *     {@code currentSchema} among them
     * @param password asked at each log-in, so that a changed one is found; never shown
     */
    public PostgresDatabase(String url, String user, Supplier<String> password) {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException(
                    "the address of the ledger's database begins with 'jdbc:postgresql:'; write for"
                            + " example jdbc:postgresql://db.example.org:5432/roadloop");
        }
        if (url.toLowerCase(java.util.Locale.ROOT).contains("password=")) {
            throw new IllegalArgumentException(
                    "the address of the ledger's database holds a password; put it into a file of"
                            + " its own");
        }
        this.url = url;
        this.user = user;
        this.password = password;
    }

    Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password.get());
        properties.setProperty("ApplicationName", "roadloop-ledger");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", String.valueOf(CONNECT_SECONDS));
        properties.setProperty("socketTimeout", String.valueOf(ANSWER_SECONDS));
        return DriverManager.getConnection(url, properties);
    }

    /** The address without parameters. */
    @Override
    public String toString() {
        int parameters = url.indexOf('?');
        return parameters < 0 ? url : url.substring(0, parameters);
    }
}
