package org.roadloop.app.tool;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.roadloop.app.cli.CliException;

/** The file that a verb reads, or standard input. */
final class InputFile {
    static final String STANDARD_INPUT = "-";

    private InputFile() {}

    static BufferedInputStream open(String file) throws IOException {
        if (file.equals(STANDARD_INPUT)) {
            return new BufferedInputStream(System.in, 1 << 16);
        }
        Path path = Path.of(file);
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            throw CliException.environment(
                    "no readable file '" + file + "'; '-' is standard input");
        }
        return new BufferedInputStream(Files.newInputStream(path), 1 << 16);
    }
}
