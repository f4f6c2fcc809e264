package org.roadloop.app.tool;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.roadloop.app.cli.CliException;
import org.roadloop.collect.text.MessageText;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code decode} and {@code encode} read: a protocol, and a file or standard input. */
final class MessageInput {
    private static final String STANDARD_INPUT = "-";

    @Option(
            names = "--protocol",
            required = true,
            paramLabel = "NAME",
            description = "gb32960, jt808, v2x, j2735 or mcap.")
    String protocol = "";

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "Default: -, standard input.")
    String file = STANDARD_INPUT;

    MessageText text(List<Protocol> known) {
        return Protocol.named(known, protocol);
    }

    BufferedInputStream open() throws IOException {
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

    CliException unreadable(IOException cause) {
        return CliException.environment("cannot read " + file + ": " + cause.getMessage(), cause);
    }
}
