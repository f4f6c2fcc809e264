package org.roadloop.compute.serving;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A table in a file of rows {@code time,value}; its snapshot is a number of all 63 bits. */
record RowFile(Path file) implements TrainingTable {
    void append(Instant time, double value) throws IOException {
        String rows = Files.exists(file) ? Files.readString(file) : "";
        Path part = file.resolveSibling("part");
        Files.writeString(part, rows + time + "," + value + "\n");
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private List<String> rows() {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Reading read(String asset, String agreement) {
        int rows = rows().size();
        return new Reading(rows == 0 ? -1 : Long.MAX_VALUE - rows, rows);
    }

    @Override
    public Optional<Instant> newest(String asset, String agreement, long snapshot, String column) {
        return rows().stream()
                .map(row -> Instant.parse(row.substring(0, row.indexOf(','))))
                .max(Instant::compareTo);
    }
}
