package org.roadloop.app.trace;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records of a CSV text (RFC 4180), comma, semicolon or tab by the first line. One thread. */
final class CsvReader {
    private static final int LARGEST_CELL = 1 << 20;

    private final Reader in;
    private char separator;
    private int next;

    /** Reads ahead by one character: give a buffered reader. */
    CsvReader(Reader in) throws IOException {
        this.in = in;
        next = in.read();
        if (next == '\uFEFF') {
            next = in.read();
        }
    }

    /** The cells of the next record, or null at the end. */
    @Nullable List<String> next() throws IOException {
        while (next == '\r' || next == '\n') {
            next = in.read();
        }
        if (next < 0) {
            return null;
        }
        List<String> cells = new ArrayList<>();
        while (true) {
            cells.add(cell());
            if (next < 0 || next == '\r' || next == '\n') {
                return cells;
            }
            next = in.read(); // the separator
        }
    }

    private String cell() throws IOException {
        StringBuilder cell = new StringBuilder();
        boolean quoted = next == '"';
        if (quoted) {
            next = in.read();
        }
        while (next >= 0) {
            if (quoted && next == '"') {
                next = in.read();
                if (next != '"') {
                    quoted = false;
                    continue;
                }
            } else if (!quoted && (next == '\r' || next == '\n' || separates((char) next))) {
                break;
            }
            if (cell.length() == LARGEST_CELL) {
                throw new IOException("a cell is longer than 1 MiB: this is no CSV text");
            }
            cell.append((char) next);
            next = in.read();
        }
        return cell.toString();
    }

    private boolean separates(char c) {
        if (separator == 0 && (c == ',' || c == ';' || c == '\t')) {
            separator = c;
        }
        return c == separator;
    }
}
