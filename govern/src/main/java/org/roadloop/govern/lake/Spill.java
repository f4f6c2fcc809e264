package org.roadloop.govern.lake;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;

/** Rows put aside on disk, to come back in another order (外部排序). One thread. */
public final class Spill implements AutoCloseable {
    private static final int FILE_ROWS = 131_072;

    private final Engine engine;
    private final Schema schema;
    private final Path directory;
    private final List<Batch> pending = new ArrayList<>();
    private final List<Path> files = new ArrayList<>();
    private long pendingRows;
    private long rows;
    private long dataBytes;

    Spill(Engine engine, Schema schema, Path directory) {
        this.engine = engine;
        this.schema = schema;
        this.directory = directory;
    }

    /** Takes a batch over. */
    public void add(Batch batch) {
        pending.add(batch);
        pendingRows += batch.rows();
        if (pendingRows >= FILE_ROWS) {
            flush();
        }
    }

    private void flush() {
        if (pendingRows > 0) {
            Path file = directory.resolve(String.format(Locale.ROOT, "%06d.parquet", files.size()));
            files.add(file);
            ParquetWriter.File written = ParquetWriter.write(engine, schema, pending, file);
            rows += written.rows();
            dataBytes += written.dataBytes();
        }
        pending.forEach(Batch::close);
        pending.clear();
        pendingRows = 0;
    }

    /** All rows so far in order of columns, equal ones as they came; empty: as they came. */
    public TableSource.Scan sorted(List<String> order) {
        flush();
        return new ParquetScan(
                engine,
                files,
                TableFields.placed(schema),
                List.of(),
                Filter.ALL,
                Sql.order(order),
                TableSource.LATEST,
                () -> {});
    }

    /** The files so far. */
    public List<Path> files() {
        flush();
        return List.copyOf(files);
    }

    public long rows() {
        return rows + pendingRows;
    }

    /** Bytes on disk. */
    public long dataBytes() {
        flush();
        return dataBytes;
    }

    @Override
    public void close() {
        pending.forEach(Batch::close);
        pending.clear();
        files.forEach(DurableFileIO::delete);
        DurableFileIO.delete(directory);
    }
}
