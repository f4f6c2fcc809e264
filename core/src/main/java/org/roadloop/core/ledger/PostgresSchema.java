package org.roadloop.core.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables of a ledger in PostgreSQL (表结构), format 1: one log a schema.
 *
 * <table>
 * <caption>Tables, format 1</caption>
 * <tr><th>table</th><th>row</th></tr>
 * <tr><td>{@code ledger_format}</td><td>the one: version of these tables, hash algorithm of the
 * log's profile, origin</td></tr>
 * <tr><td>{@code ledger_head}</td><td>the one: size of the log and root of its tree;
 * why nothing is appended and the node that says so, if it is on hold</td></tr>
 * <tr><td>{@code ledger_entry}</td><td>index; leaf as hashed</td></tr>
 * <tr><td>{@code ledger_tile}</td><td>a full tile: level, number; its 256 × 32 bytes; its root, which
 * is a hash of the level above</td></tr>
 * <tr><td>{@code ledger_subject}</td><td>SHA-256 of a subject's UTF-8; its version</td></tr>
 * <tr><td>{@code ledger_payload}</td><td>hash and salt id as in the leaf; salt; bytes. Goes in the
 * transaction that appends its {@code ledger.erased}</td></tr>
 * <tr><td>{@code ledger_checkpoint}</td><td>signed note, its size and root; the newest {@value
 * #CHECKPOINTS} are kept</td></tr>
 * <tr><td>{@code ledger_intake}</td><td>an append on its way from another node to the leader: request
 * id; leaves, each with its length in 2 bytes before it; expected versions as JSON</td></tr>
 * <tr><td>{@code ledger_receipt}</td><td>what became of a request: first index and count, or why it
 * was refused; kept {@value #RECEIPT_MINUTES} minutes, so that a repeated request finds it</td></tr>
 * <tr><td>{@code ledger_role}</td><td>what only one node may do; the id of its home</td></tr>
 * </table>
 *
 * <p>What is not full is not stored: the edge of the tree is hashed again from at most 255 leaves
 * and 255 tile roots a level.
 */
final class PostgresSchema {
    static final int VERSION = 1;
    static final int CHECKPOINTS = 1024;
    static final int RECEIPT_MINUTES = 10;

    /** {@code idle_session_timeout}, on which fencing of a hung leader rests. */
    private static final int OLDEST_SERVER = 140_000;

    private static final Logger LOG = LoggerFactory.getLogger(PostgresSchema.class);

    /** Key of the advisory lock that is held while the tables are made. */
    private static final long CREATE_LOCK = 0x524F_4144_4C4F_4F50L;

    private static final String TABLES =
            """
            CREATE TABLE ledger_head (
                one boolean PRIMARY KEY DEFAULT true CHECK (one),
                size bigint NOT NULL,
                root bytea NOT NULL,
                held text,
                held_by uuid);
            CREATE TABLE ledger_entry (index bigint PRIMARY KEY, leaf bytea NOT NULL);
            CREATE TABLE ledger_tile (
                level int NOT NULL,
                n bigint NOT NULL,
                hashes bytea NOT NULL,
                root bytea NOT NULL,
                PRIMARY KEY (level, n));
            ALTER TABLE ledger_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
            CREATE TABLE ledger_subject (key bytea PRIMARY KEY, version bigint NOT NULL)
                WITH (fillfactor = 70);
            CREATE TABLE ledger_payload (
                hash text PRIMARY KEY,
                salt_id text NOT NULL UNIQUE,
                salt bytea NOT NULL,
                bytes bytea NOT NULL);
            CREATE TABLE ledger_checkpoint (
                seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                size bigint NOT NULL,
                root bytea NOT NULL,
                note text NOT NULL);
            CREATE TABLE ledger_intake (
                seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                request uuid NOT NULL UNIQUE,
                leaves bytea NOT NULL,
                expected bytea NOT NULL,
                entered_at timestamptz NOT NULL DEFAULT clock_timestamp());
            CREATE TABLE ledger_receipt (
                request uuid PRIMARY KEY,
                first_index bigint NOT NULL,
                count int NOT NULL,
                refusal bytea,
                decided_at timestamptz NOT NULL DEFAULT clock_timestamp());
            CREATE INDEX ledger_receipt_decided ON ledger_receipt (decided_at);
            CREATE TABLE ledger_role (role text PRIMARY KEY, holder uuid NOT NULL);
            CREATE TABLE ledger_format (
                version int NOT NULL, hash text NOT NULL, origin text NOT NULL);
            """;

    private PostgresSchema() {}

    /** Makes the tables in one transaction where there are none; refuses those of another log. */
    static void prepare(Connection session, String where, String origin, LedgerProfile profile)
            throws SQLException {
        mustBeFit(session, where);
        mustBeUtf8(session, where);
        session.setAutoCommit(false);
        try (Statement statement = session.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(" + CREATE_LOCK + ")");
            if (!exists(session)) {
                create(session, origin, profile);
            }
            check(session, where, origin, profile);
            session.commit();
        } catch (SQLException | RuntimeException e) {
            session.rollback();
            throw e;
        } finally {
            session.setAutoCommit(true);
        }
    }

    private static void mustBeFit(Connection session, String where) throws SQLException {
        if (Integer.parseInt(setting(session, "server_version_num")) < OLDEST_SERVER) {
            throw new IllegalStateException(
                    where
                            + " is PostgreSQL "
                            + setting(session, "server_version")
                            + "; the ledger needs 14 or later");
        }
        if (setting(session, "fsync").equals("off")) {
            LOG.warn("{} runs with fsync = off: what it acknowledges can be lost", where);
        }
    }

    private static void mustBeUtf8(Connection session, String where) throws SQLException {
        String encoding = setting(session, "server_encoding");
        if (!encoding.equals("UTF8")) {
            throw new IllegalStateException(
                    where
                            + " has the encoding "
                            + encoding
                            + ", the ledger needs UTF8: CREATE DATABASE … ENCODING 'UTF8'");
        }
    }

    static String setting(Connection session, String name) throws SQLException {
        try (PreparedStatement asked = session.prepareStatement("SELECT current_setting(?)")) {
            asked.setString(1, name);
            try (ResultSet row = asked.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    /** Whoever asks first has the role, until its row is deleted by hand. */
    static boolean claim(Connection session, String role, UUID node) throws SQLException {
        try (PreparedStatement take =
                        session.prepareStatement(
                                "INSERT INTO ledger_role VALUES (?, ?) ON CONFLICT DO NOTHING");
                PreparedStatement asked =
                        session.prepareStatement("SELECT holder FROM ledger_role WHERE role = ?")) {
            take.setString(1, role);
            take.setObject(2, node);
            take.executeUpdate();
            asked.setString(1, role);
            try (ResultSet row = asked.executeQuery()) {
                return row.next() && node.equals(row.getObject(1, UUID.class));
            }
        }
    }

    /** From the next commit on nothing is appended, whichever node leads. */
    static boolean hold(Connection session, String why, UUID node) throws SQLException {
        try (PreparedStatement hold =
                session.prepareStatement("UPDATE ledger_head SET held = ?, held_by = ?")) {
            hold.setString(1, why);
            hold.setObject(2, node);
            return hold.executeUpdate() == 1;
        }
    }

    /** Why nothing is appended, if it is so. */
    static Optional<String> findHold(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT held FROM ledger_head")) {
            return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
        }
    }

    /** Who has stopped the writing looks into it anew when it starts. */
    static void release(Connection session, UUID node) throws SQLException {
        try (PreparedStatement release =
                session.prepareStatement(
                        "UPDATE ledger_head SET held = NULL, held_by = NULL WHERE held_by = ?")) {
            release.setObject(1, node);
            release.executeUpdate();
        }
    }

    private static boolean exists(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT to_regclass(quote_ident(current_schema())"
                                        + " || '.ledger_format') IS NOT NULL")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static void create(Connection session, String origin, LedgerProfile profile)
            throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute(TABLES);
        }
        try (PreparedStatement format =
                        session.prepareStatement("INSERT INTO ledger_format VALUES (?, ?, ?)");
                PreparedStatement head =
                        session.prepareStatement(
                                "INSERT INTO ledger_head (size, root) VALUES (0, ?)")) {
            format.setInt(1, VERSION);
            format.setString(2, profile.inFormat());
            format.setString(3, origin);
            format.executeUpdate();
            head.setBytes(1, profile.treeHash().empty());
            head.executeUpdate();
        }
    }

    private static void check(
            Connection session, String where, String origin, LedgerProfile profile)
            throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT version, hash, origin FROM ledger_format")) {
            if (!row.next()) {
                throw CorruptLogException.inTable("ledger_format", "the one row", "it is missing");
            }
            int version = row.getInt(1);
            String hash = row.getString(2);
            if (version != VERSION) {
                throw CorruptLogException.inTable(
                        "ledger_format",
                        "version",
                        "it says 'ledger tables "
                                + version
                                + "', this program reads 'ledger tables "
                                + VERSION
                                + "'");
            }
            if (!hash.equals(profile.inFormat())) {
                throw new IllegalStateException(
                        where
                                + " holds a log that hashes with "
                                + hash
                                + ", with this key it would be "
                                + profile.inFormat()
                                + ": a log keeps the profile it was made with; set ledger.profile"
                                + " back and restore keys/, or name another database or schema");
            }
            String found = row.getString(3);
            if (!found.equals(origin)) {
                throw new IllegalStateException(
                        where
                                + " holds the log '"
                                + found
                                + "', not '"
                                + origin
                                + "'; nodes of one platform have the same keys/ in their homes;"
                                + " another platform has another database or schema");
            }
        }
    }
}
