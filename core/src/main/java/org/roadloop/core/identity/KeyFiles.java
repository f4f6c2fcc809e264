package org.roadloop.core.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a keystore: {@code NAME.EPOCH.END}. Each is whole and on disk, or not there. Any
 * thread of one process.
 *
 * <p>A key is two files, its secret and what is known of it ({@code public}, {@code check}). The
 * secret waits as {@code END.new} until the other is there, so that a secret that is missing was
 * lost, and not just never finished.
 */
final class KeyFiles {
    private static final Pattern FILE =
            Pattern.compile(
                    "([a-z][a-z0-9-]*)\\.([1-9][0-9]{0,8})\\.(private|public|secret|check)");

    private final Path dir;

    KeyFiles(Path dir) {
        this.dir = dir;
    }

    Path dir() {
        return dir;
    }

    Path file(String name, int epoch, String end) {
        return dir.resolve(name + "." + epoch + "." + end);
    }

    /** Ends of the two files by epoch by name. */
    TreeMap<String, TreeMap<Integer, Set<String>>> list() {
        TreeMap<String, TreeMap<Integer, Set<String>>> found = new TreeMap<>();
        try (Stream<Path> files = Files.list(dir)) {
            for (Path file : files.toList()) {
                Matcher m = FILE.matcher(file.getFileName().toString());
                if (m.matches()) {
                    found.computeIfAbsent(m.group(1), n -> new TreeMap<>())
                            .computeIfAbsent(Integer.parseInt(m.group(2)), e -> new TreeSet<>())
                            .add(m.group(3));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("keystore " + dir, e);
        }
        return found;
    }

    /** Both files of a new key. */
    void make(String name, int epoch, String end, byte[] secret, String known, byte[] what) {
        write(name, epoch, end + ".new", secret);
        write(name, epoch, known, what);
        finish(name, epoch, end);
    }

    /** True if the secret is there; finishes a making that was cut short. */
    boolean holds(String name, int epoch, String end) {
        if (Files.exists(file(name, epoch, end))) {
            return true;
        }
        if (!Files.exists(file(name, epoch, end + ".new"))) {
            return false;
        }
        finish(name, epoch, end);
        return true;
    }

    private void finish(String name, int epoch, String end) {
        try {
            Files.move(
                    file(name, epoch, end + ".new"),
                    file(name, epoch, end),
                    StandardCopyOption.ATOMIC_MOVE);
            sync();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "key file " + file(name, epoch, end) + " can't be written", e);
        }
    }

    /**
     * @throws IllegalStateException if it is missing, with the way out
     */
    byte[] read(String name, int epoch, String end) {
        return find(name, epoch, end)
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        "key file "
                                                + file(name, epoch, end)
                                                + " is missing; "
                                                + wayOut(name)));
    }

    Optional<byte[]> find(String name, int epoch, String end) {
        try {
            return Optional.of(Files.readAllBytes(file(name, epoch, end)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "key file " + file(name, epoch, end) + " can't be read", e);
        }
    }

    Instant madeAt(String name, int epoch, String end) {
        try {
            return Files.getLastModifiedTime(file(name, epoch, end)).toInstant();
        } catch (IOException e) {
            throw new UncheckedIOException("key file " + file(name, epoch, end), e);
        }
    }

    IllegalStateException damaged(
            String name, int epoch, String end, java.security.GeneralSecurityException cause) {
        return new IllegalStateException(
                "key file " + file(name, epoch, end) + " is damaged; " + wayOut(name), cause);
    }

    private static String wayOut(String name) {
        return "restore it from a backup, or give it up: roadloop keys replace "
                + name
                + " --because lost (docs/keys.md says what is lost with it)";
    }

    void write(String name, int epoch, String end, byte[] bytes) {
        write(name + "." + epoch + "." + end, bytes);
    }

    /** Whole and on disk, or not there. */
    void write(String file, byte[] bytes) {
        Path target = dir.resolve(file);
        Path draft = dir.resolve(file + ".draft");
        try {
            Files.deleteIfExists(draft);
            Files.createFile(
                    draft,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
            sync();
        } catch (IOException e) {
            throw new UncheckedIOException("key file " + target + " can't be written", e);
        }
    }

    private void sync() throws IOException {
        try (FileChannel channel = FileChannel.open(dir, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
