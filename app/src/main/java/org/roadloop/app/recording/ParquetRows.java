package org.roadloop.app.recording;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import org.roadloop.collect.rows.RowFile;
import org.roadloop.govern.lake.LakeException;
import org.roadloop.govern.lake.ParquetFiles;

/** A Parquet file of whoever (Parquet 行文件), read by the engine of the lake. */
final class ParquetRows implements RowFile {
    private final Path file;

    ParquetRows(Path file) {
        this.file = file;
    }

    @Override
    public Set<String> names() throws IOException {
        try {
            return new LinkedHashSet<>(ParquetFiles.names(file));
        } catch (LakeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void read(Sink sink) throws IOException {
        long[] number = {0};
        try {
            ParquetFiles.forEachRow(file, values -> sink.row("row " + ++number[0], values::get));
        } catch (LakeException e) {
            sink.error(
                    "row " + (number[0] + 1),
                    "row_parquet",
                    "this and what is behind it does not read");
        }
    }
}
