package org.roadloop.core.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Versions of subjects (版本): a row each, by the hash of the subject, so that an index entry has one
 * size whatever a subject is called.
 */
final class PostgresSubjects {
    private PostgresSubjects() {}

    static byte[] key(String subject) {
        return Payloads.sha256(subject.getBytes(StandardCharsets.UTF_8));
    }

    /** 0 if nothing was appended about it. */
    static long version(Connection session, String subject) throws SQLException {
        try (PreparedStatement asked =
                session.prepareStatement("SELECT version FROM ledger_subject WHERE key = ?")) {
            asked.setBytes(1, key(subject));
            try (ResultSet row = asked.executeQuery()) {
                return row.next() ? row.getLong(1) : 0L;
            }
        }
    }

    /** Of those that were ever appended about. */
    static Map<String, Long> versions(Connection session, List<String> subjects)
            throws SQLException {
        Map<String, Long> found = new LinkedHashMap<>();
        if (subjects.isEmpty()) {
            return found;
        }
        byte[][] keys = subjects.stream().map(PostgresSubjects::key).toArray(byte[][]::new);
        try (PreparedStatement asked =
                session.prepareStatement(
                        "SELECT o, version FROM unnest(?::bytea[]) WITH ORDINALITY AS t (k, o)"
                                + " JOIN ledger_subject ON key = k")) {
            asked.setArray(1, session.createArrayOf("bytea", keys));
            try (ResultSet row = asked.executeQuery()) {
                while (row.next()) {
                    found.put(subjects.get(row.getInt(1) - 1), row.getLong(2));
                }
            }
        }
        return found;
    }
}
