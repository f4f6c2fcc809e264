package org.roadloop.collect.rows;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values with a header line, in UTF-8 (逗号分隔文件), after RFC 4180: a quoted field may
 * hold commas and line breaks, a quote in it is doubled.
 */
public final class CsvFile implements RowFile {
    /** Characters of a row; more means that a quote is not closed. */
    private static final int LONGEST_ROW = 1 << 20;

    private final Path file;

    public CsvFile(Path file) {
        this.file = file;
    }

    @Override
    public Set<String> names() throws IOException {
        try (BufferedReader in = open()) {
            Records records = new Records(in);
            return new LinkedHashSet<>(header(records));
        }
    }

    private BufferedReader open() throws IOException {
        return new BufferedReader(
                new InputStreamReader(
                        Files.newInputStream(file),
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .onMalformedInput(CodingErrorAction.REPLACE)
                                .onUnmappableCharacter(CodingErrorAction.REPLACE)));
    }

    private static List<String> header(Records records) throws IOException {
        List<String> cells = new ArrayList<>();
        if (!records.next(cells) || records.isTooLong()) {
            return List.of();
        }
        // A byte order mark is no part of the first name.
        cells.set(0, cells.getFirst().replace("\uFEFF", ""));
        return cells.stream().map(String::strip).toList();
    }

    @Override
    public void read(Sink sink) throws IOException {
        try (BufferedReader in = open()) {
            Records records = new Records(in);
            List<String> names = header(records);
            Map<String, Integer> index = new HashMap<>();
            for (int i = 0; i < names.size(); i++) {
                index.putIfAbsent(names.get(i), i);
            }
            List<String> cells = new ArrayList<>();
            while (records.next(cells)) {
                String place = "line " + records.firstLine();
                if (records.isTooLong()) {
                    sink.error(place, "row_length", "a quote is not closed");
                } else if (cells.size() != names.size()) {
                    if (cells.size() > 1 || !cells.getFirst().isBlank()) {
                        sink.error(
                                place,
                                "row_cells",
                                "the line has %d cells, the header %d"
                                        .formatted(cells.size(), names.size()));
                    }
                } else {
                    sink.row(
                            place,
                            column -> {
                                @Nullable Integer at = index.get(column);
                                return at == null ? null : cells.get(at).strip();
                            });
                }
            }
        }
    }

    /** Cuts characters into records. */
    private static final class Records {
        private final BufferedReader in;
        private final StringBuilder cell = new StringBuilder();
        private long line = 1;
        private long firstLine;
        private boolean tooLong;

        Records(BufferedReader in) {
            this.in = in;
        }

        long firstLine() {
            return firstLine;
        }

        boolean isTooLong() {
            return tooLong;
        }

        /** False at the end of the file. */
        boolean next(List<String> cells) throws IOException {
            cells.clear();
            cell.setLength(0);
            firstLine = line;
            tooLong = false;
            boolean quoted = false;
            int length = 0;
            int c = in.read();
            if (c < 0) {
                return false;
            }
            for (; c >= 0; c = in.read()) {
                line += c == '\n' ? 1 : 0;
                tooLong |= ++length > LONGEST_ROW;
                if (quoted && !tooLong) {
                    if (c == '"') {
                        in.mark(1);
                        int after = in.read();
                        if (after == '"') {
                            cell.append('"');
                        } else {
                            quoted = false;
                            in.reset();
                        }
                    } else {
                        cell.append((char) c);
                    }
                } else if (c == '\n') {
                    break;
                } else if (c == '"' && cell.isEmpty()) {
                    quoted = true;
                } else if (c == ',') {
                    cells.add(cell.toString());
                    cell.setLength(0);
                } else if (c != '\r' && !tooLong) {
                    cell.append((char) c);
                }
            }
            cells.add(cell.toString());
            return true;
        }
    }
}
