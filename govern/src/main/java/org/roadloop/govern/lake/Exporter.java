package org.roadloop.govern.lake;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.TableExport;

/** Writes rows of a table as Parquet files of a million rows or so (导出). One thread. */
final class Exporter {
    private static final int FILE_ROWS = 1_000_000;

    private final Engine engine;
    private final String table;
    private final Path directory;
    private final List<Batch> pending = new ArrayList<>();
    private long pendingRows;
    private final List<Path> paths = new ArrayList<>();
    private final List<String> hashes = new ArrayList<>();
    private long rows;
    private long dataBytes;

    /**
     * @param directory is there
     */
    Exporter(Engine engine, String table, Path directory) {
        this.engine = engine;
        this.table = table;
        this.directory = directory;
    }

    void add(Batch batch) {
        if (batch.rows() == 0) {
            return;
        }
        pending.add(batch);
        pendingRows += batch.rows();
        if (pendingRows >= FILE_ROWS) {
            flush();
        }
    }

    /** Writes what is left; all files are durable then. */
    void flush() {
        if (pending.isEmpty()) {
            return;
        }
        Path file =
                directory.resolve(
                        String.format(Locale.ROOT, "%s-%04d.parquet", table, paths.size()));
        ParquetWriter.File written =
                ParquetWriter.write(engine, pending.getFirst().schema(), pending, file);
        pending.clear();
        pendingRows = 0;
        paths.add(file);
        hashes.add(written.sha256());
        rows += written.rows();
        dataBytes += written.dataBytes();
    }

    List<Path> paths() {
        return paths;
    }

    /** What was written of a snapshot. */
    TableExport.Export of(long snapshot) {
        return new TableExport.Export(snapshot, paths, hashes, rows, dataBytes);
    }
}
