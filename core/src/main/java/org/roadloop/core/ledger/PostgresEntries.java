package org.roadloop.core.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Entries in order, a page a query (分页读取). One thread.
 *
 * <p>Pages and no cursor: entries never change once committed, so no transaction need stay open,
 * and a stream that its reader forgets to close holds nothing.
 */
final class PostgresEntries implements Iterator<Entry> {
    private static final int PAGE = 1024;

    private final PostgresPool pool;
    private final long end;
    private long next;
    private Iterator<Entry> page = List.<Entry>of().iterator();

    PostgresEntries(PostgresPool pool, long from, long end) {
        this.pool = pool;
        this.next = from;
        this.end = end;
    }

    @Override
    public boolean hasNext() {
        return next < end;
    }

    @Override
    public Entry next() {
        if (next >= end) {
            throw new NoSuchElementException("the ledger had " + end + " entries");
        }
        if (!page.hasNext()) {
            long until = Math.min(end, next + PAGE);
            page = pool.read("entry " + next, session -> page(session, next, until)).iterator();
        }
        next++;
        return page.next();
    }

    private static List<Entry> page(Connection session, long from, long until) throws SQLException {
        List<byte[]> leaves = leaves(session, from, until);
        List<String> salts = new ArrayList<>();
        leaves.forEach(leaf -> Leaf.payload(leaf).ifPresent(r -> salts.add(r.salt())));
        Map<String, PostgresRequest.Stored> stored = salts(session, salts.toArray(String[]::new));
        PayloadSource payloads =
                reference ->
                        Optional.ofNullable(stored.get(reference.salt()))
                                .map(payload -> checked(reference, payload));
        List<Entry> entries = new ArrayList<>(leaves.size());
        for (byte[] leaf : leaves) {
            entries.add(new Entry(from + entries.size(), Leaf.event(leaf, payloads)));
        }
        return entries;
    }

    /** Leaves of a range that is committed. */
    static List<byte[]> leaves(Connection session, long from, long until) throws SQLException {
        List<byte[]> leaves = new ArrayList<>();
        try (PreparedStatement asked =
                session.prepareStatement(
                        "SELECT index, leaf FROM ledger_entry WHERE index >= ? AND index < ?"
                                + " ORDER BY index")) {
            asked.setLong(1, from);
            asked.setLong(2, until);
            try (ResultSet row = asked.executeQuery()) {
                while (row.next()) {
                    if (row.getLong(1) != from + leaves.size()) {
                        throw PostgresTiles.missingEntry(from + leaves.size());
                    }
                    leaves.add(row.getBytes(2));
                }
            }
        }
        if (leaves.size() != until - from) {
            throw PostgresTiles.missingEntry(from + leaves.size());
        }
        return leaves;
    }

    /** Payloads that are still there, by the id of their salt. */
    static Map<String, PostgresRequest.Stored> salts(Connection session, String... saltIds)
            throws SQLException {
        Map<String, PostgresRequest.Stored> found = new HashMap<>();
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
                            new PostgresRequest.Stored(
                                    new Payloads.Reference(row.getString(1), row.getString(2)),
                                    row.getBytes(3),
                                    row.getBytes(4)));
                }
            }
        }
        return found;
    }

    static byte[] checked(Payloads.Reference reference, PostgresRequest.Stored payload) {
        boolean named =
                Payloads.saltId(payload.salt()).equals(reference.salt())
                        && HexFormat.of()
                                .formatHex(Payloads.hash(payload.salt(), payload.bytes()))
                                .equals(reference.hash());
        if (!named) {
            throw CorruptLogException.inTable(
                    "ledger_payload",
                    "salt_id " + reference.salt(),
                    "payload or salt is not the one named");
        }
        return payload.bytes();
    }
}
