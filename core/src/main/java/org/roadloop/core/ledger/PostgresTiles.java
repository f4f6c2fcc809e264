package org.roadloop.core.ledger;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tiles of a log whose entries are rows (瓦片): full ones are stored, the others hashed again. Bound
 * to one session while it is used, one thread at a time; the {@link Cache} is for any thread.
 */
final class PostgresTiles implements TileProofs.Source {
    private static final int TILE_BYTES = TilePath.WIDTH * TreeHash.BYTES;

    /** Size and root that the database names as committed. */
    record Head(long size, byte[] root) {}

    /** Hashes of one log's tiles, as far as wanted: what is committed never changes. */
    static final class Cache {
        /** 8 MiB. */
        private static final int TILES = 1024;

        private record Place(int level, long n) {}

        private final Map<Place, byte[]> kept =
                new LinkedHashMap<>(64, 0.75f, true) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected boolean removeEldestEntry(Map.Entry<Place, byte[]> eldest) {
                        return size() > TILES;
                    }
                };

        private final LedgerProfile profile;

        Cache(LedgerProfile profile) {
            this.profile = profile;
        }

        LedgerProfile profile() {
            return profile;
        }

        synchronized byte @org.jspecify.annotations.Nullable [] find(int level, long n) {
            return kept.get(new Place(level, n));
        }

        synchronized void keep(int level, long n, byte[] hashes) {
            kept.merge(
                    new Place(level, n),
                    hashes,
                    (known, more) -> more.length > known.length ? more : known);
        }
    }

    private final Connection session;
    private final long size;
    private final Cache cache;
    private final TreeHash hash;

    /**
     * @param size of the tree that is looked at: at most what is committed
     */
    PostgresTiles(Connection session, long size, Cache cache) {
        this.session = session;
        this.size = size;
        this.cache = cache;
        hash = cache.profile().treeHash();
    }

    static Head head(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("SELECT size, root FROM ledger_head")) {
            if (!row.next()) {
                throw CorruptLogException.inTable("ledger_head", "the one row", "it is missing");
            }
            return new Head(row.getLong(1), row.getBytes(2));
        }
    }

    TileProofs proofs() {
        return new TileProofs(hash, this);
    }

    /** The growing edge, which must hash to the committed root. */
    TileTree tree(Head head) throws SQLException {
        List<byte[]> edge = new ArrayList<>();
        for (int level = 0; level == 0 || size >>> (8 * level) > 0; level++) {
            edge.add(partial(level, number(level), width(level)));
        }
        TileTree tree = TileTree.resume(hash, size, edge);
        if (!Arrays.equals(tree.root(), head.root())) {
            throw CorruptLogException.inTable(
                    "ledger_head",
                    "size " + size,
                    "its root is not the root of the entries and tiles");
        }
        return tree;
    }

    @Override
    public byte[] tile(int level, long n) throws IOException {
        try {
            return n < number(level) ? full(level, n) : partial(level, n, width(level));
        } catch (SQLException e) {
            throw new IOException("tile " + level + "/" + n + ": " + e.getMessage(), e);
        }
    }

    private int width(int level) {
        return (int) ((size >>> (8 * level)) & 0xFF);
    }

    private long number(int level) {
        return size >>> (8 * (level + 1));
    }

    private byte[] full(int level, long n) throws SQLException {
        byte[] kept = cache.find(level, n);
        if (kept != null && kept.length == TILE_BYTES) {
            return kept;
        }
        try (PreparedStatement asked =
                session.prepareStatement(
                        "SELECT hashes, root FROM ledger_tile WHERE level = ? AND n = ?")) {
            asked.setInt(1, level);
            asked.setLong(2, n);
            try (ResultSet row = asked.executeQuery()) {
                String key = "level " + level + ", n " + n;
                if (!row.next()) {
                    throw CorruptLogException.inTable("ledger_tile", key, "the tile is missing");
                }
                byte[] hashes = row.getBytes(1);
                if (hashes.length != TILE_BYTES) {
                    throw CorruptLogException.inTable(
                            "ledger_tile", key, "a full tile has " + TILE_BYTES + " bytes");
                }
                if (!Arrays.equals(hash.root(hashes, 0, TilePath.WIDTH), row.getBytes(2))) {
                    throw CorruptLogException.inTable(
                            "ledger_tile", key, "its root is not the root of its hashes");
                }
                cache.keep(level, n, hashes);
                return hashes;
            }
        }
    }

    /** The first hashes of a tile that this tree has not full. */
    private byte[] partial(int level, long n, int width) throws SQLException {
        byte[] kept = cache.find(level, n);
        byte[] hashes = Arrays.copyOf(kept == null ? new byte[0] : kept, width * TreeHash.BYTES);
        int have = kept == null ? 0 : kept.length / TreeHash.BYTES;
        if (have >= width) {
            return hashes;
        }
        long from = n * TilePath.WIDTH;
        String query =
                level == 0
                        ? "SELECT index, leaf FROM ledger_entry WHERE index >= ? AND index < ?"
                                + " ORDER BY index"
                        : "SELECT n, root FROM ledger_tile WHERE n >= ? AND n < ? AND level = ?"
                                + " ORDER BY n";
        try (PreparedStatement asked = session.prepareStatement(query)) {
            asked.setLong(1, from + have);
            asked.setLong(2, from + width);
            if (level > 0) {
                asked.setInt(3, level - 1);
            }
            try (ResultSet row = asked.executeQuery()) {
                for (int i = have; i < width; i++) {
                    if (!row.next() || row.getLong(1) != from + i) {
                        throw level == 0
                                ? missingEntry(from + i)
                                : CorruptLogException.inTable(
                                        "ledger_tile",
                                        "level " + (level - 1) + ", n " + (from + i),
                                        "the tile is missing");
                    }
                    byte[] found = row.getBytes(2);
                    System.arraycopy(
                            level == 0 ? hash.leaf(found) : found,
                            0,
                            hashes,
                            i * TreeHash.BYTES,
                            TreeHash.BYTES);
                }
            }
        }
        cache.keep(level, n, hashes);
        return hashes;
    }

    static CorruptLogException missingEntry(long index) {
        return CorruptLogException.inTable(
                "ledger_entry", "index " + index, "the entry is missing");
    }
}
