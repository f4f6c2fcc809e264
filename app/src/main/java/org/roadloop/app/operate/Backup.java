package org.roadloop.app.operate;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.PrivateFiles;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.TransparencyLog;

/**
 * Copies a home while the platform works (备份). One thread at a time.
 *
 * <p>The order makes the copy consistent without stopping anybody. First the ledger, at one durable
 * point: everything acknowledged before the call is in it. Then each SQLite catalogue in one read
 * transaction ({@code VACUUM INTO}). Then the files: those that the catalogue or the ledger names
 * were written before they were named, and do not change after; those that grow (raw segments) are
 * cut at the length they have when they are opened, which is a state a crash could have left too.
 */
final class Backup {
    /**
     * What partners pushed is not ours to keep longer than their contracts say: "received". The
     * live state is made anew from the frame log. A key of an epoch must not outlive it.
     */
    private static final Set<String> LEFT_OUT =
            Set.of(
                    "received",
                    "epochs",
                    "live",
                    "lock",
                    "server.json",
                    "admin.token",
                    "format",
                    "tmp",
                    "ledger");

    /** Copies of what is in a bucket, and what is on its way there. */
    private static final Set<String> OF_BUCKET = Set.of("lake/cache", "lake/staging");

    private static final Set<String> CATALOGUE_ENDINGS = Set.of(".db", ".sqlite");

    private final Home home;
    private final TransparencyLog ledger;
    private final Clock clock;

    Backup(Home home, TransparencyLog ledger, Clock clock) {
        this.home = home;
        this.ledger = ledger;
        this.clock = clock;
    }

    /** Writes the archive; the manifest is its last entry, so that a cut stream is told. */
    synchronized Manifest writeTo(OutputStream out) throws IOException {
        Path scratch = home.tmp().resolve("backup");
        delete(scratch);
        PrivateFiles.folder(scratch);
        // Closing the writer would end the stream as if it were whole, also after a failure.
        ArchiveWriter archive = new ArchiveWriter(out);
        try {
            Checkpoint checkpoint = ledger.backup(scratch.resolve("ledger"));
            addAll(archive, scratch, Set.of("lock"));
            delete(scratch.resolve("ledger"));
            Set<String> catalogues = catalogues();
            for (String name : catalogues) {
                addCatalogue(archive, name, scratch.resolve("catalogue.db"));
            }
            addHome(archive, catalogues);
            Manifest manifest =
                    new Manifest(
                            Manifest.FORMAT,
                            Home.FORMAT,
                            clock.instant(),
                            checkpoint.size(),
                            HexFormat.of().formatHex(checkpoint.rootHash()),
                            archive.files(),
                            archive.skipped());
            archive.manifest(manifest);
            archive.close();
            return manifest;
        } finally {
            delete(scratch);
        }
    }

    private Set<String> catalogues() throws IOException {
        Set<String> found = new TreeSet<>();
        visit(
                home.lake(),
                (file, attributes) -> {
                    String name = name(home.root(), file);
                    if (CATALOGUE_ENDINGS.stream().anyMatch(name::endsWith)) {
                        found.add(name);
                    }
                });
        return found;
    }

    private void addCatalogue(ArchiveWriter archive, String name, Path copy) throws IOException {
        Files.deleteIfExists(copy);
        String source = "jdbc:sqlite:" + home.root().resolve(name);
        try (var connection = DriverManager.getConnection(source);
                var statement = connection.prepareStatement("VACUUM INTO ?")) {
            statement.setString(1, copy.toString());
            statement.execute();
        } catch (SQLException e) {
            throw new IOException("catalogue " + name + " can't be copied: " + e.getMessage(), e);
        }
        archive.file(name, copy);
        Files.delete(copy);
    }

    private void addHome(ArchiveWriter archive, Set<String> catalogues) throws IOException {
        try (var top = Files.list(home.root())) {
            for (Path entry : top.sorted().toList()) {
                String name = name(home.root(), entry);
                if (LEFT_OUT.contains(name)) {
                    continue;
                }
                visit(entry, (file, attributes) -> add(archive, catalogues, file, attributes));
            }
        }
    }

    private void add(
            ArchiveWriter archive,
            Set<String> catalogues,
            Path file,
            BasicFileAttributes attributes)
            throws IOException {
        String name = name(home.root(), file);
        boolean ofCatalogue =
                catalogues.stream().anyMatch(c -> name.equals(c) || name.startsWith(c + "-"));
        boolean ofBucket = OF_BUCKET.stream().anyMatch(folder -> name.startsWith(folder + "/"));
        if (ofCatalogue || ofBucket || name.endsWith(".new")) {
            return;
        }
        if (attributes.isRegularFile()) {
            archive.file(name, file);
        } else {
            archive.skip(name);
        }
    }

    private static void addAll(ArchiveWriter archive, Path root, Set<String> leftOut)
            throws IOException {
        visit(
                root,
                (file, attributes) -> {
                    if (!leftOut.contains(String.valueOf(file.getFileName()))) {
                        archive.file(name(root, file), file);
                    }
                });
    }

    private static String name(Path root, Path file) {
        return root.relativize(file).toString();
    }

    /** Takes each file of a tree. */
    private interface Visit {
        void file(Path file, BasicFileAttributes attributes) throws IOException;
    }

    /** In the order of names within a folder; what vanishes meanwhile is passed over. */
    private static void visit(Path root, Visit visit) throws IOException {
        if (!Files.isDirectory(root)) {
            visit.file(root, Files.readAttributes(root, BasicFileAttributes.class));
            return;
        }
        List<Path> inside;
        try (var list = Files.list(root)) {
            inside = list.sorted().toList();
        } catch (NoSuchFileException | UncheckedIOException e) {
            return;
        }
        for (Path path : inside) {
            if (Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                visit(path, visit);
            } else {
                try {
                    visit.file(
                            path,
                            Files.readAttributes(
                                    path,
                                    BasicFileAttributes.class,
                                    java.nio.file.LinkOption.NOFOLLOW_LINKS));
                } catch (NoSuchFileException e) {
                    // Gone between the listing and now: nothing names it any more.
                }
            }
        }
    }

    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
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
                    public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e)
                            throws IOException {
                        Files.delete(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
