package org.roadloop.collect.v2x;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the maps that were heard over a restart (地图留存). Text: {@code # roadloop maps 1}, then one
 * MAP frame in UPER for each junction, a line of hex each, so that {@code roadloop decode
 * --protocol v2x} shows the file. It is written anew, whole or not at all, some seconds after a
 * change: a roadside unit says its map every second, so what a crash loses is soon heard again.
 */
public final class MapFile implements AutoCloseable {
    public static final Duration USUAL_PERIOD = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(MapFile.class);
    private static final Set<OpenOption> ANEW =
            Set.of(
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING);
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final String HEADER = "# roadloop maps 1";

    private final Path path;
    private final MapRegister maps;
    private final Duration period;
    private final Thread keeper;
    private long written;

    /**
     * Reads what is kept, if anything, and keeps what comes.
     *
     * @param period from one look for changes to the next
     * @throws IOException if the file cannot be read, or is of another version
     */
    public MapFile(Path path, MapRegister maps, Duration period) throws IOException {
        this.path = path;
        this.maps = maps;
        this.period = period;
        if (Files.exists(path)) {
            read();
        }
        written = maps.changes();
        keeper = Thread.ofVirtual().name("maps").start(this::keep);
    }

    private void read() throws IOException {
        boolean first = true;
        for (String line : Files.readAllLines(path, StandardCharsets.US_ASCII)) {
            if (first && !line.equals(HEADER)) {
                throw new IOException(
                        "%s begins with '%s', not with '%s': no file of maps of this version; move it"
                                        .formatted(path, line, HEADER)
                                + " away, the maps will be heard again");
            }
            if (!first) {
                byte[] frame = HexFormat.of().parseHex(line);
                if (maps.heard(frame, 0, frame.length) != 1) {
                    throw new IOException(
                            path
                                    + " has a line that is no map; move it away, the maps will be"
                                    + " heard again");
                }
            }
            first = false;
        }
    }

    private void keep() {
        try {
            while (true) {
                Thread.sleep(period);
                keepChanges();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private synchronized void keepChanges() {
        long now = maps.changes();
        if (now == written) {
            return;
        }
        try {
            write();
            written = now;
        } catch (IOException e) {
            LOG.warn("maps cannot be kept in {}; trying again: {}", path, e.toString());
        }
    }

    private void write() throws IOException {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        for (byte[] frame : maps.frames()) {
            text.append(HexFormat.of().formatHex(frame)).append('\n');
        }
        Path next = path.resolveSibling(path.getFileName() + ".next");
        try (FileChannel file = FileChannel.open(next, ANEW, OWNER_ONLY)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Keeps what is not kept yet. */
    @Override
    public void close() {
        keeper.interrupt();
        keepChanges();
    }
}
