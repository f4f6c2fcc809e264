package org.roadloop.app.clearing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.zip.ZipInputStream;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.TableSource;
import org.roadloop.dataspace.access.RowFormat;
import org.roadloop.govern.lake.ParquetFiles;

/** Files that were pushed to us, one a transfer, by names that no peer chooses (接收文件). */
final class RowFile {
    private RowFile() {}

    static Path of(Path directory, String transferPid) {
        return directory.resolve(name(transferPid) + ".rows");
    }

    static String name(String transferPid) {
        return UUID.nameUUIDFromBytes(transferPid.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** Whether a text stands in it: in a cell of Parquet, or anywhere in lines. */
    static boolean holds(Path file, String text) throws IOException {
        String type = mediaType(file);
        if (type.equals(RowFormat.PARQUET.mediaType())) {
            return inRows(file, text);
        }
        if (!type.equals(RowFormat.ZIP)) {
            try (InputStream in = Files.newInputStream(file)) {
                return inBytes(in, text.getBytes(StandardCharsets.UTF_8));
            }
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (ZipInputStream zip =
                new ZipInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            while (zip.getNextEntry() != null) {
                Files.copy(zip, part, StandardCopyOption.REPLACE_EXISTING);
                if (inRows(part, text)) {
                    return true;
                }
            }
            return false;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static boolean inRows(Path file, String text) {
        try (TableSource.Scan scan = ParquetFiles.scan(List.of(file))) {
            for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
                try (Batch rows = batch) {
                    for (int c = 0; c < rows.schema().size(); c++) {
                        if (rows.schema().column(c).type() == ColumnType.STRING
                                && inColumn(rows, c, text)) {
                            return true;
                        }
                    }
                }
            }
            return false;
        }
    }

    private static boolean inColumn(Batch rows, int column, String text) {
        for (int row = 0; row < rows.rows(); row++) {
            if (rows.isOk(column, row) && rows.strings(column).get(row).equals(text)) {
                return true;
            }
        }
        return false;
    }

    private static boolean inBytes(InputStream in, byte[] text) throws IOException {
        byte[] chunk = new byte[64 * 1024 + text.length];
        int kept = 0;
        for (int n = in.readNBytes(chunk, kept, chunk.length - kept);
                n > 0;
                n = in.readNBytes(chunk, kept, chunk.length - kept)) {
            int length = kept + n;
            for (int i = 0; i + text.length <= length; i++) {
                if (Arrays.equals(chunk, i, i + text.length, text, 0, text.length)) {
                    return true;
                }
            }
            kept = Math.min(text.length - 1, length);
            System.arraycopy(chunk, length - kept, chunk, 0, kept);
        }
        return false;
    }

    /** By its first bytes. */
    static String mediaType(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return RowFormat.of(in.readNBytes(4));
        }
    }
}
