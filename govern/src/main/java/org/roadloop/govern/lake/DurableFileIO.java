package org.roadloop.govern.lake;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.InputFile;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;

/**
 * Iceberg's files on a local disk; a written file and its directory entry are on disk when its
 * stream is closed. Paths in metadata begin with the root under which the lake was made; a lake
 * that was moved or restored elsewhere is read through the new root. Any thread.
 */
final class DurableFileIO implements TableFiles {
    private static final long serialVersionUID = 1L;

    private final String madeUnder;
    private final String standsUnder;

    /** Files begun since {@link #keepMade}: those of a commit that may fail. */
    private final Set<Path> made = ConcurrentHashMap.newKeySet();

    DurableFileIO(Path madeUnder, Path standsUnder) {
        this.madeUnder = madeUnder + "/";
        this.standsUnder = standsUnder + "/";
    }

    @Override
    public Path resolve(String location) {
        return Path.of(
                location.startsWith(madeUnder)
                        ? standsUnder + location.substring(madeUnder.length())
                        : location);
    }

    @Override
    public String locationOf(Path file) {
        String path = file.toString();
        return path.startsWith(standsUnder)
                ? madeUnder + path.substring(standsUnder.length())
                : path;
    }

    static void sync(Path fileOrDirectory) {
        try (FileChannel channel = FileChannel.open(fileOrDirectory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot fsync " + fileOrDirectory, e);
        }
    }

    @Override
    public void keepMade(Path directory) {
        made.removeIf(file -> file.startsWith(directory));
    }

    /** It was made durable when it was written. */
    @Override
    public void store(Path file, String sha256) {}

    @Override
    public Use use(List<Path> paths) {
        return new Use(List.copyOf(paths), () -> {});
    }

    @Override
    public String sha256(Path file) throws IOException {
        return ParquetWriter.sha256(file);
    }

    @Override
    public void remove(Path file) {
        delete(file);
    }

    @Override
    public List<Stored> list(Path directory) {
        try (Stream<Path> found = Files.walk(directory)) {
            List<Stored> stored = new ArrayList<>();
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                try {
                    stored.add(new Stored(file, Files.getLastModifiedTime(file).toInstant()));
                } catch (NoSuchFileException e) {
                    // gone meanwhile
                }
            }
            return stored;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + directory, e);
        }
    }

    /** Half a file is a file here. */
    @Override
    public void abortUnfinished(Path directory, Instant before) {}

    @Override
    public void deleteMade(Path directory) {
        for (Path file : made) {
            if (file.startsWith(directory)) {
                delete(file);
                made.remove(file);
            }
        }
    }

    @Override
    public InputFile newInputFile(String location) {
        return new Input(location, resolve(location));
    }

    @Override
    public OutputFile newOutputFile(String location) {
        return new Output(location);
    }

    @Override
    public void deleteFile(String location) {
        delete(resolve(location));
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + file, e);
        }
    }

    private record Input(String location, Path path) implements InputFile {
        @Override
        public long getLength() {
            try {
                return Files.size(path);
            } catch (NoSuchFileException e) {
                throw new NotFoundException(e, "no file %s", location);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the size of " + location, e);
            }
        }

        @Override
        public SeekableInputStream newStream() {
            try {
                return new In(FileChannel.open(path, StandardOpenOption.READ));
            } catch (NoSuchFileException e) {
                throw new NotFoundException(e, "no file %s", location);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot open " + location, e);
            }
        }

        @Override
        public boolean exists() {
            return Files.exists(path);
        }
    }

    private final class Output implements OutputFile {
        private final String location;

        Output(String location) {
            this.location = location;
        }

        @Override
        public PositionOutputStream create() {
            return open(StandardOpenOption.CREATE_NEW);
        }

        @Override
        public PositionOutputStream createOrOverwrite() {
            return open(StandardOpenOption.CREATE);
        }

        private PositionOutputStream open(StandardOpenOption how) {
            Path path = resolve(location);
            try {
                Files.createDirectories(path.resolveSibling("."));
                made.add(path);
                return new Out(
                        path,
                        FileChannel.open(
                                path,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                how));
            } catch (FileAlreadyExistsException e) {
                throw new AlreadyExistsException(e, "%s exists already", location);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + location, e);
            }
        }

        @Override
        public String location() {
            return location;
        }

        @Override
        public InputFile toInputFile() {
            return newInputFile(location);
        }
    }

    /** A file's bytes from any place. */
    static final class In extends SeekableInputStream {
        private final FileChannel channel;
        private final byte[] one = new byte[1];

        In(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public long getPos() throws IOException {
            return channel.position();
        }

        @Override
        public void seek(long position) throws IOException {
            channel.position(position);
        }

        @Override
        public int read() throws IOException {
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return channel.read(ByteBuffer.wrap(bytes, offset, length));
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class Out extends PositionOutputStream {
        private final Path path;
        private final FileChannel channel;
        private final OutputStream out;
        private long position;
        private boolean open = true;

        Out(Path path, FileChannel channel) {
            this.path = path;
            this.channel = channel;
            this.out = Channels.newOutputStream(channel);
        }

        @Override
        public long getPos() {
            return position;
        }

        @Override
        public void write(int value) throws IOException {
            out.write(value);
            position++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            position += length;
        }

        @Override
        public void close() throws IOException {
            if (open) {
                open = false;
                channel.force(true);
                channel.close();
                sync(path.resolveSibling("."));
            }
        }
    }
}
