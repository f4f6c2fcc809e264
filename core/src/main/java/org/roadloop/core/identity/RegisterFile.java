package org.roadloop.core.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An extract of a register as a file of tab-separated lines (登记簿文件), read again when it changes.
 * Any thread.
 *
 * <table>
 * <caption>UTF-8; a line that begins with # is a remark</caption>
 * <tr><th>column</th><th>content</th></tr>
 * <tr><td>scheme</td><td>{@code unifiedSocialCreditCode}, {@code dataIdentifier}, {@code
 * registrationNumber}</td></tr>
 * <tr><td>authority</td><td>who gave it; {@code -} for none</td></tr>
 * <tr><td>value</td><td>the identifier</td></tr>
 * <tr><td>name</td><td>as registered</td></tr>
 * <tr><td>holder</td><td>DID; {@code -} for unknown</td></tr>
 * <tr><td>until</td><td>last day, ISO 8601; {@code -} for without end</td></tr>
 * </table>
 */
public final class RegisterFile implements IdentifierRegister {
    private final Path file;
    private @Nullable Content content;

    private record Content(Map<NationalIdentifier, Registration> entries, FileTime at) {}

    /**
     * @throws IllegalArgumentException naming file and line, if a line is not as it should be
     */
    public RegisterFile(Path file) {
        this.file = file;
        content();
    }

    @Override
    public Optional<Registration> find(NationalIdentifier identifier) {
        return Optional.ofNullable(content().entries().get(identifier));
    }

    private synchronized Content content() {
        try {
            FileTime at = Files.getLastModifiedTime(file);
            Content known = content;
            if (known == null || !known.at().equals(at)) {
                known = new Content(read(Files.readAllLines(file), at), at);
                content = known;
            }
            return known;
        } catch (IOException e) {
            throw new UncheckedIOException("register " + file + " can't be read", e);
        }
    }

    private Map<NationalIdentifier, Registration> read(List<String> lines, FileTime at) {
        Map<NationalIdentifier, Registration> entries = new HashMap<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String where = file + ":" + (i + 1);
            String[] cells = line.split("\t", -1);
            if (cells.length != 6) {
                throw new IllegalArgumentException(
                        where + " has " + cells.length + " columns separated by tabs, not 6");
            }
            try {
                NationalIdentifier identifier =
                        NationalIdentifier.of(cells[0], given(cells[1]), cells[2]);
                Optional<LocalDate> until =
                        Optional.of(given(cells[5]))
                                .filter(day -> !day.isEmpty())
                                .map(LocalDate::parse);
                entries.put(
                        identifier,
                        new Registration(
                                identifier, cells[3], given(cells[4]), until, where + " of " + at));
            } catch (IllegalArgumentException | DateTimeException e) {
                throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
            }
        }
        return entries;
    }

    private static String given(String cell) {
        return cell.equals("-") ? "" : cell;
    }
}
