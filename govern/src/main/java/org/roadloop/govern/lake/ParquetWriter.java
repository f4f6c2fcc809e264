package org.roadloop.govern.lake;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.iceberg.Metrics;
import org.duckdb.DuckDBConnection;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;

/** Writes batches as one Parquet file: Arrow memory to DuckDB to zstd, fsynced and hashed. */
final class ParquetWriter {
    private static final String STREAM = "batches";
    private static final int MOST_DISTINCT = 4_096;

    private ParquetWriter() {}

    /** A file that is on disk, but in no table yet. */
    record File(Path path, String sha256, long rows, long dataBytes, Metrics metrics) {}

    /** The batches stay the caller's. A file that could not be written whole is deleted again. */
    static File write(Engine engine, Schema schema, List<Batch> batches, Path file) {
        return write(engine, TableFields.placed(schema), batches, file);
    }

    static File write(Engine engine, TableFields fields, List<Batch> batches, Path file) {
        try {
            return writeWhole(engine, fields, batches, file);
        } catch (RuntimeException e) {
            try {
                DurableFileIO.delete(file);
            } catch (UncheckedIOException deleting) {
                e.addSuppressed(deleting);
            }
            throw e;
        }
    }

    private static File writeWhole(
            Engine engine, TableFields fields, List<Batch> batches, Path file) {
        long rows = batches.stream().mapToLong(Batch::rows).sum();
        try (DuckDBConnection connection = engine.connect();
                ArrowBatches reader = new ArrowBatches(engine.allocator(), fields, batches);
                ArrowArrayStream stream = ArrowArrayStream.allocateNew(engine.allocator())) {
            Data.exportArrayStream(engine.allocator(), reader, stream);
            connection.registerArrowStream(STREAM, stream);
            try (Statement statement = connection.createStatement()) {
                // The limit takes no row away. It keeps the rows on one thread of the engine, whose
                // cost a row is about two thirds of that on two.
                String select = "SELECT * FROM " + STREAM + " LIMIT " + Math.max(1, rows);
                statement.execute(copy(fields, select, file));
            }
        } catch (SQLException | IOException e) {
            throw new LakeException("cannot write " + rows + " rows to " + file, e);
        }
        DurableFileIO.sync(file);
        Path parent = file.getParent();
        if (parent != null) {
            DurableFileIO.sync(parent);
        }
        try {
            return new File(
                    file, sha256(file), rows, Files.size(file), ColumnMetrics.of(fields, batches));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read back " + file, e);
        }
    }

    /**
     * The statement that writes rows with the table's field ids and schema. A column of more
     * different values than {@value #MOST_DISTINCT} in a row group gets no dictionary: most of
     * these are measured values and keys, and making one costs more than it saves.
     */
    static String copy(TableFields fields, String select, Path file) {
        Schema schema = fields.schema();
        StringJoiner ids = new StringJoiner(", ", "{", "}");
        for (int c = 0; c < schema.size(); c++) {
            ids.add(Sql.name(schema.column(c).name()) + ": " + fields.id(c));
        }
        ids.add(CellStates.COLUMN + ": " + fields.statesId());
        return "COPY ("
                + select
                + ") TO "
                + Sql.text(file.toString())
                + " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880,"
                + " DICTIONARY_SIZE_LIMIT "
                + MOST_DISTINCT
                + ", FIELD_IDS "
                + ids
                + ", KV_METADATA {"
                + Sql.text(SchemaJson.KEY)
                + ": "
                + Sql.text(SchemaJson.write(fields))
                + "})";
    }

    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return sha256(in);
        }
    }

    static String sha256(InputStream in) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }
}
