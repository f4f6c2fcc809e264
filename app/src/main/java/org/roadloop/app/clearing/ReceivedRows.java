package org.roadloop.app.clearing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.roadloop.govern.lake.ParquetFiles;

/**
 * What a received file holds, counted here and not taken from the sender's word (自行计数): rows, and
 * bytes as the provider's meter counts them, those of the file as it came.
 *
 * @param rows -1 if this format's rows are not known here
 */
record ReceivedRows(long rows, long dataBytes) {
    static final long UNKNOWN = -1;
    private static final long KEPT_FREE = 1L << 30;
    private static final long LOOK_EVERY = 16L << 20;

    static ReceivedRows of(Path file, String contentType) throws IOException {
        String type = contentType.toLowerCase(Locale.ROOT).replaceFirst(";.*", "").trim();
        return switch (type) {
            case "application/vnd.apache.parquet" ->
                    new ReceivedRows(ParquetFiles.rows(file), Files.size(file));
            case "application/zip" -> zip(file);
            case "text/csv" ->
                    new ReceivedRows(Math.max(0, records(file, true) - 1), Files.size(file));
            case "application/x-ndjson", "application/jsonl" ->
                    new ReceivedRows(records(file, false), Files.size(file));
            default -> new ReceivedRows(UNKNOWN, Files.size(file));
        };
    }

    /**
     * Unpacks what the other party sent, however much it is, but never the disk full: the ledger
     * needs it.
     *
     * @throws IOException if the stream broke off, or less than {@value #KEPT_FREE} bytes are free
     */
    private static void copy(InputStream in, Path file) throws IOException {
        long bytes = 0;
        byte[] chunk = new byte[64 * 1024];
        try (OutputStream out = Files.newOutputStream(file)) {
            FileStore disk = Files.getFileStore(file);
            long looked = -LOOK_EVERY;
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                if (bytes - looked >= LOOK_EVERY) {
                    looked = bytes;
                    if (disk.getUsableSpace() < KEPT_FREE) {
                        throw new IOException(
                                "less than 1 GiB is free on the disk of " + file.getParent());
                    }
                }
                out.write(chunk, 0, n);
                bytes += n;
            }
        }
    }

    private static ReceivedRows zip(Path archive) throws IOException {
        long rows = 0;
        Path part = archive.resolveSibling(archive.getFileName() + ".part");
        try (ZipInputStream zip =
                new ZipInputStream(new BufferedInputStream(Files.newInputStream(archive)))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                copy(zip, part);
                rows += ParquetFiles.rows(part);
            }
        } finally {
            Files.deleteIfExists(part);
        }
        return new ReceivedRows(rows, Files.size(archive));
    }

    /**
     * Lines that are not empty.
     *
     * @param quoted whether a line break between double quotes belongs to a value (RFC 4180 §2.6)
     */
    private static long records(Path file, boolean quoted) throws IOException {
        long records = 0;
        boolean inQuotes = false;
        boolean something = false;
        byte[] chunk = new byte[64 * 1024];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                for (int i = 0; i < n; i++) {
                    byte b = chunk[i];
                    if (b == '\n' && !inQuotes) {
                        records += something ? 1 : 0;
                        something = false;
                    } else if (b != '\r') {
                        something = true;
                        inQuotes ^= quoted && b == '"';
                    }
                }
            }
        }
        return records + (something ? 1 : 0);
    }
}
