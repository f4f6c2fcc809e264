package org.roadloop.app.trace;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.roadloop.core.table.Schema;
import org.roadloop.dataspace.access.RowFormat;
import org.roadloop.govern.lake.ForeignParquet;
import org.roadloop.govern.lake.LakeException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A suspected file (疑似泄露文件): Parquet, CSV, JSON lines, or a ZIP of Parquet files. */
final class LeakedFile {
    private LeakedFile() {}

    /**
     * Those columns of the schema that the file has, by name.
     *
     * @throws IOException naming what can't be read
     */
    static LeakedRows read(Path file, Schema wanted) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(4);
        }
        LeakedRows rows = new LeakedRows(wanted);
        String type = RowFormat.of(head);
        if (type.equals(RowFormat.PARQUET.mediaType())) {
            parquet(file, wanted, rows);
        } else if (type.equals(RowFormat.JSON_LINES.mediaType())) {
            jsonLines(file, wanted, rows);
        } else if (type.equals(RowFormat.CSV.mediaType())) {
            csv(file, wanted, rows);
        } else {
            zip(file, wanted, rows);
        }
        return rows;
    }

    private static void parquet(Path file, Schema wanted, LeakedRows rows) throws IOException {
        try {
            ForeignParquet.read(
                    file,
                    wanted,
                    new ForeignParquet.Rows() {
                        private int[] places = new int[0];

                        @Override
                        public void columns(List<String> names) {
                            places = names.stream().mapToInt(wanted::indexOf).toArray();
                        }

                        @Override
                        public void row(String[] cells) {
                            String[] row = blank(wanted);
                            for (int i = 0; i < places.length; i++) {
                                row[places[i]] = cells[i];
                            }
                            rows.add(row);
                        }
                    });
        } catch (LakeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void zip(Path file, Schema wanted, LeakedRows rows) throws IOException {
        Path part = Files.createTempFile(file.toAbsolutePath().getParent(), "trace", ".parquet");
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().endsWith(".parquet")) {
                    Files.copy(zip, part, StandardCopyOption.REPLACE_EXISTING);
                    parquet(part, wanted, rows);
                }
            }
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void csv(Path file, Schema wanted, LeakedRows rows) throws IOException {
        try (BufferedReader in = text(file)) {
            CsvReader csv = new CsvReader(in);
            List<String> head = csv.next();
            if (head == null) {
                return;
            }
            List<Integer> places = new ArrayList<>();
            for (String name : head) {
                places.add(wanted.has(name.strip()) ? wanted.indexOf(name.strip()) : -1);
            }
            for (List<String> record = csv.next(); record != null; record = csv.next()) {
                String[] row = blank(wanted);
                for (int c = 0; c < Math.min(record.size(), places.size()); c++) {
                    if (places.get(c) >= 0) {
                        row[places.get(c)] = record.get(c);
                    }
                }
                rows.add(row);
            }
        }
    }

    private static void jsonLines(Path file, Schema wanted, LeakedRows rows) throws IOException {
        try (BufferedReader in = text(file)) {
            long number = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                JsonNode object;
                try {
                    object = JsonMapper.shared().readTree(line);
                } catch (JacksonException e) {
                    throw new IOException("line " + number + " is no JSON", e);
                }
                String[] row = blank(wanted);
                for (int c = 0; c < row.length; c++) {
                    JsonNode cell = object.path(wanted.column(c).name());
                    row[c] = cell.isValueNode() && !cell.isNull() ? cell.asString("") : "";
                }
                rows.add(row);
            }
        }
    }

    /** What is no UTF-8 is read as well as may be: a leaked file may have been through anything. */
    private static BufferedReader text(Path file) throws IOException {
        return new BufferedReader(
                new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8), 1 << 16);
    }

    private static String[] blank(Schema wanted) {
        String[] row = new String[wanted.size()];
        java.util.Arrays.fill(row, "");
        return row;
    }
}
