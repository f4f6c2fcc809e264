package org.roadloop.app.home;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The state directory of one platform (状态目录), held by one process until {@link #close}. Any thread.
 */
public final class Home implements AutoCloseable {
    /** Version of the layout that this build writes. */
    public static final int FORMAT = 1;

    /** What may stand in a folder before the first start. */
    private static final Set<String> PREPARED = Set.of("roadloop.yaml", "plans", "secrets", "lock");

    private static final String FORMAT_PREFIX = "roadloop-home ";
    private static final List<String> FOLDERS =
            List.of("keys", "secrets", "ledger", "framelog", "lake", "tasks", "tmp");
    private static final int TOKEN_BYTES = 32;

    private final Path root;
    private final FileChannel lockChannel;
    private final boolean firstStart;

    private Home(Path root, FileChannel lockChannel, boolean firstStart) {
        this.root = root;
        this.lockChannel = lockChannel;
        this.firstStart = firstStart;
    }

    /**
     * Opens a home for writing, making it where there is none.
     *
     * @throws HomeException if another process holds it, if it is of another format, or if the
     *     folder holds something else
     */
    public static Home open(Path path) {
        Path root = path.toAbsolutePath().normalize();
        try {
            boolean fresh = makeRoot(root);
            FileChannel channel = lock(root);
            try {
                if (fresh) {
                    PrivateFiles.write(root.resolve("format"), FORMAT_PREFIX + FORMAT + "\n");
                } else {
                    checkFormat(root);
                }
                for (String folder : FOLDERS) {
                    PrivateFiles.folder(root.resolve(folder));
                }
                empty(root.resolve("tmp"));
                boolean firstStart = !Files.exists(root.resolve("admin.token"));
                if (firstStart) {
                    PrivateFiles.write(root.resolve("admin.token"), newToken() + "\n");
                }
                return new Home(root, channel, firstStart);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new HomeException(
                    "home " + root + " can't be opened: " + e + "; check owner and free space", e);
        }
    }

    /** True if the folder is new or empty, or holds only what an operator prepares beforehand. */
    private static boolean makeRoot(Path root) throws IOException {
        if (Files.exists(root) && !Files.isDirectory(root)) {
            throw new HomeException("home " + root + " is a file; give a folder with --home");
        }
        if (Files.exists(root.resolve("format"))) {
            return false;
        }
        PrivateFiles.folder(root);
        try (var inside = Files.list(root)) {
            List<String> others =
                    inside.map(p -> String.valueOf(p.getFileName()))
                            .filter(n -> !PREPARED.contains(n))
                            .sorted()
                            .toList();
            if (!others.isEmpty()) {
                throw new HomeException(
                        "home "
                                + root
                                + " holds "
                                + others.getFirst()
                                + " but no 'format' file: it is not a Roadloop home; give an empty"
                                + " folder with --home");
            }
        }
        return true;
    }

    private static FileChannel lock(Path root) throws IOException {
        Path file = root.resolve("lock");
        if (!Files.exists(file)) {
            PrivateFiles.write(file, "");
        }
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileLock held;
        try {
            held = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            held = null;
        }
        if (held == null) {
            String pid = Files.readString(file).strip();
            channel.close();
            throw new HomeException(
                    "home "
                            + root
                            + " is in use by process "
                            + (pid.isEmpty() ? "?" : pid)
                            + "; stop it first, or give another --home");
        }
        channel.truncate(0);
        byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
        channel.write(ByteBuffer.wrap(pid), 0);
        return channel;
    }

    private static void checkFormat(Path root) throws IOException {
        String text = Files.readString(root.resolve("format")).strip();
        if (!text.matches("roadloop-home \\d{1,9}")) {
            throw new HomeException(
                    "home "
                            + root
                            + " has a damaged 'format' file ('"
                            + text
                            + "'); restore it"
                            + " from a backup, or write 'roadloop-home "
                            + FORMAT
                            + "' if the home"
                            + " was made by this build");
        }
        int found = Integer.parseInt(text.substring(FORMAT_PREFIX.length()));
        if (found > FORMAT) {
            throw new HomeException(
                    "home "
                            + root
                            + " has format "
                            + found
                            + ", made by a newer Roadloop; this"
                            + " build reads up to "
                            + FORMAT
                            + ": use the newer build, or another"
                            + " --home");
        }
        if (found < FORMAT) {
            throw new HomeException(
                    "home "
                            + root
                            + " has format "
                            + found
                            + ", from before the first release;"
                            + " there is no migration from it to "
                            + FORMAT
                            + ": start an empty"
                            + " --home");
        }
    }

    private static void empty(Path folder) throws IOException {
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.delete(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path visited, @org.jspecify.annotations.Nullable IOException e)
                            throws IOException {
                        if (e != null) {
                            throw e;
                        }
                        if (!visited.equals(folder)) {
                            Files.delete(visited);
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    /** 256 random bits, base64url, with a prefix that scanners for leaked secrets can know. */
    public static String newToken() {
        byte[] bytes = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return "rl_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    public Path root() {
        return root;
    }

    public Path keys() {
        return root.resolve("keys");
    }

    public Path ledger() {
        return root.resolve("ledger");
    }

    public Path frameLog() {
        return root.resolve("framelog");
    }

    public Path lake() {
        return root.resolve("lake");
    }

    public Path tasks() {
        return root.resolve("tasks");
    }

    public Path tmp() {
        return root.resolve("tmp");
    }

    public Path configFile() {
        return root.resolve("roadloop.yaml");
    }

    /** True if this start made the admin token: print it, once. */
    public boolean firstStart() {
        return firstStart;
    }

    /** The operator's bearer token. Never log it. */
    public String adminToken() {
        try {
            return Files.readString(root.resolve("admin.token")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("admin.token of home " + root + " can't be read", e);
        }
    }

    /**
     * The content of {@code secrets/NAME}, without the line end. Never log it.
     *
     * @throws HomeException if there is none, or if others can read it
     */
    public String secret(String name) {
        if (!name.matches("[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}")) {
            throw new HomeException(
                    "secret name '" + name + "' may hold letters, digits, '.', '_' and '-' only");
        }
        Path file = root.resolve("secrets").resolve(name);
        try {
            if (!PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
                    .endsWith("------")) {
                throw new HomeException(
                        "secret " + file + " can be read by others; run: chmod 600 " + file);
            }
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw new HomeException(
                    "secret '" + name + "' is missing; write it to " + file + " with mode 600", e);
        } catch (IOException e) {
            throw new UncheckedIOException("secret " + file + " can't be read", e);
        }
    }

    /** Tells clients on this machine where the server is. */
    public void publish(ServerFile server) throws IOException {
        PrivateFiles.replace(root.resolve("server.json"), server.toJson());
    }

    /** The server that runs on a home of this machine, if one does. */
    public static Optional<ServerFile> findServer(Path home) throws IOException {
        Path file = home.resolve("server.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        return ServerFile.parse(Files.readString(file))
                .filter(s -> ProcessHandle.of(s.pid()).map(ProcessHandle::isAlive).orElse(false));
    }

    /** A second time does nothing: the home may be another process's by then. */
    @Override
    public void close() throws IOException {
        if (!lockChannel.isOpen()) {
            return;
        }
        Files.deleteIfExists(root.resolve("server.json"));
        lockChannel.truncate(0);
        lockChannel.close();
    }
}
