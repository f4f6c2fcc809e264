package org.roadloop.core.ledger;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Payloads as rows (载荷行): each comes and goes in the transaction of the entry that says so. */
final class PostgresPayloads {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A payload with its salt, and what the leaf says of both. */
    record Stored(Payloads.Reference reference, byte[] salt, byte[] bytes) {
        /** The bytes, if they are those that a leaf names. */
        byte[] checked(LedgerProfile profile, Payloads.Reference named) {
            if (!Payloads.reference(profile, salt, bytes).equals(named)) {
                throw CorruptLogException.inTable(
                        "ledger_payload",
                        "salt_id " + named.salt(),
                        "payload or salt is not the one named");
            }
            return bytes;
        }
    }

    private PostgresPayloads() {}

    /** Gives bytes a salt and so a name. */
    static Stored salted(LedgerProfile profile, byte[] bytes) {
        byte[] salt = new byte[32];
        RANDOM.nextBytes(salt);
        return new Stored(Payloads.reference(profile, salt, bytes), salt, bytes);
    }

    /** Repeated after a lost connection without harm. */
    static void insert(Connection session, List<Stored> payloads) throws SQLException {
        if (payloads.isEmpty()) {
            return;
        }
        try (PreparedStatement insert =
                session.prepareStatement(
                        "INSERT INTO ledger_payload (hash, salt_id, salt, bytes)"
                                + " VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")) {
            for (Stored payload : payloads) {
                insert.setString(1, payload.reference().hash());
                insert.setString(2, payload.reference().salt());
                insert.setBytes(3, payload.salt());
                insert.setBytes(4, payload.bytes());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Those that are still there, by the id of their salt. */
    static Map<String, Stored> find(Connection session, String... saltIds) throws SQLException {
        Map<String, Stored> found = new HashMap<>();
        if (saltIds.length == 0) {
            return found;
        }
        try (PreparedStatement asked =
                session.prepareStatement(
                        "SELECT hash, salt_id, salt, bytes FROM ledger_payload"
                                + " WHERE salt_id = ANY (?)")) {
            asked.setArray(1, session.createArrayOf("text", saltIds));
            try (ResultSet row = asked.executeQuery()) {
                while (row.next()) {
                    found.put(
                            row.getString(2),
                            new Stored(
                                    new Payloads.Reference(row.getString(1), row.getString(2)),
                                    row.getBytes(3),
                                    row.getBytes(4)));
                }
            }
        }
        return found;
    }

    /** Without the bytes, which may be many. */
    static byte @org.jspecify.annotations.Nullable [] findSalt(Connection session, String saltId)
            throws SQLException {
        try (PreparedStatement asked =
                session.prepareStatement("SELECT salt FROM ledger_payload WHERE salt_id = ?")) {
            asked.setString(1, saltId);
            try (ResultSet row = asked.executeQuery()) {
                return row.next() ? row.getBytes(1) : null;
            }
        }
    }

    static void drop(Connection session, List<String> saltIds) throws SQLException {
        if (saltIds.isEmpty()) {
            return;
        }
        try (PreparedStatement drop =
                session.prepareStatement("DELETE FROM ledger_payload WHERE salt_id = ANY (?)")) {
            drop.setArray(1, session.createArrayOf("text", saltIds.toArray()));
            drop.executeUpdate();
        }
    }
}
