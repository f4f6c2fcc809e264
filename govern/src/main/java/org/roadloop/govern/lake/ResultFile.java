package org.roadloop.govern.lake;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.TableQuery;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rows of an answer as text, row by row, so that an answer without end costs no memory (查询结果).
 * Times are ISO 8601 in UTC; CSV is RFC 4180 with a head line, an absent cell is empty.
 */
final class ResultFile {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int ROWS_BETWEEN_LOOKS = 256;

    private ResultFile() {}

    record Written(long rows, int columns, boolean truncated) {}

    /**
     * @param look throws if the query is to end
     */
    static Written write(
            ResultSet rows, boolean csv, TableQuery.Limits limits, Path file, Runnable look)
            throws SQLException, IOException {
        List<String> names = names(rows.getMetaData());
        long count = 0;
        long dataBytes = 0;
        try (OutputStream out =
                new BufferedOutputStream(
                        Files.newOutputStream(
                                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
            if (csv) {
                byte[] head = line(names.stream().map(ResultFile::cell).toList());
                out.write(head);
                dataBytes += head.length;
            }
            while (rows.next()) {
                if (count == limits.rows()) {
                    return new Written(count, names.size(), true);
                }
                byte[] line = csv ? csv(rows, names.size()) : json(rows, names);
                dataBytes += line.length;
                if (dataBytes > limits.resultBytes()) {
                    throw tooBig(limits);
                }
                out.write(line);
                count++;
                if (count % ROWS_BETWEEN_LOOKS == 0) {
                    look.run();
                }
            }
        }
        return new Written(count, names.size(), false);
    }

    static TableQuery.RefusedException tooBig(TableQuery.Limits limits) {
        return new TableQuery.RefusedException(
                "result_too_big",
                "the answer has more than " + limits.resultBytes() + " bytes; ask for less");
    }

    /** As the statement names them; the second of the same name gets a number. */
    private static List<String> names(ResultSetMetaData columns) throws SQLException {
        Set<String> names = new LinkedHashSet<>();
        for (int c = 1; c <= columns.getColumnCount(); c++) {
            String name = columns.getColumnLabel(c);
            for (int n = 2; !names.add(name); n++) {
                name = columns.getColumnLabel(c) + "_" + n;
            }
        }
        return List.copyOf(names);
    }

    private static byte[] csv(ResultSet rows, int columns) throws SQLException {
        List<String> cells = new ArrayList<>(columns);
        for (int c = 1; c <= columns; c++) {
            Object value = plain(rows.getObject(c));
            cells.add(value == null ? "" : cell(value.toString()));
        }
        return line(cells);
    }

    private static byte[] line(List<String> cells) {
        return (String.join(",", cells) + "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    private static String cell(String text) {
        boolean quoted =
                text.isEmpty()
                        || text.chars()
                                .anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }

    private static byte[] json(ResultSet rows, List<String> names) throws SQLException {
        ObjectNode row = JSON.createObjectNode();
        for (int c = 0; c < names.size(); c++) {
            String name = names.get(c);
            switch (plain(rows.getObject(c + 1))) {
                case null -> row.putNull(name);
                case Boolean b -> row.put(name, b);
                case BigInteger n -> row.put(name, n);
                case BigDecimal n -> row.put(name, n);
                case Float n -> row.put(name, n);
                case Double n -> row.put(name, n);
                case Number n -> row.put(name, n.longValue());
                case Object text -> row.put(name, text.toString());
            }
        }
        return (JSON.writeValueAsString(row) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable Object plain(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Double d when !Double.isFinite(d) -> null;
            case Float f when !Float.isFinite(f) -> null;
            case OffsetDateTime time -> time.toInstant().toString();
            case Timestamp time -> utc(time.toLocalDateTime());
            case LocalDateTime time -> utc(time);
            default -> value;
        };
    }

    private static String utc(LocalDateTime time) {
        return time.toInstant(ZoneOffset.UTC).toString();
    }
}
