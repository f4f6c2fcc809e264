package org.roadloop.app.clearing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.roadloop.dataspace.access.RowFormat;

/** Files that were pushed to us, one a transfer, by names that no peer chooses (接收文件). */
final class RowFile {
    private RowFile() {}

    static Path of(Path directory, String transferPid) {
        return directory.resolve(name(transferPid) + ".rows");
    }

    static String name(String transferPid) {
        return UUID.nameUUIDFromBytes(transferPid.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** By its first bytes. */
    static String mediaType(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return RowFormat.of(in.readNBytes(4));
        }
    }
}
