package org.roadloop.core.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Entries in order, of those a fold wants, a page a query (分页读取). One thread.
 *
 * <p>Pages and no cursor: entries never change once committed, so no transaction need stay open,
 * and a stream that its reader forgets to close holds nothing.
 */
final class PostgresEntries implements Iterator<Entry> {
    private static final int PAGE = 1024;

    private final PostgresPool pool;
    private final LedgerProfile profile;
    private final LeafFilter filter;
    private final long end;
    private final LeafReader reader = new LeafReader(this::find);
    private Map<String, PostgresPayloads.Stored> payloads = Map.of();

    /** First of the page that is not read yet. */
    private long next;

    private Iterator<Entry> page = List.<Entry>of().iterator();

    PostgresEntries(
            PostgresPool pool, LedgerProfile profile, LeafFilter filter, long from, long end) {
        this.pool = pool;
        this.profile = profile;
        this.filter = filter;
        this.next = from;
        this.end = end;
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && next < end) {
            long from = next;
            long until = Math.min(end, from + PAGE);
            page = pool.read("entry " + from, session -> page(session, from, until)).iterator();
            next = until;
        }
        return page.hasNext();
    }

    @Override
    public Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the ledger had " + end + " entries");
        }
        return page.next();
    }

    private List<Entry> page(Connection session, long from, long until) throws SQLException {
        List<byte[]> leaves = leaves(session, from, until);
        List<String> salts = new ArrayList<>();
        for (byte[] leaf : leaves) {
            if (filter.wants(leaf, 0, leaf.length)) {
                Leaf.payload(leaf).ifPresent(r -> salts.add(r.salt()));
            }
        }
        payloads = PostgresPayloads.find(session, salts.toArray(String[]::new));
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < leaves.size(); i++) {
            byte[] leaf = leaves.get(i);
            if (filter.wants(leaf, 0, leaf.length)) {
                entries.add(new Entry(from + i, reader.event(leaf, 0, leaf.length)));
            }
        }
        payloads = Map.of();
        return entries;
    }

    private Optional<byte[]> find(Payloads.Reference reference) {
        return Optional.ofNullable(payloads.get(reference.salt()))
                .map(payload -> payload.checked(profile, reference));
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
}
