package org.roadloop.compute.site.slurm;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.roadloop.compute.site.Mount;
import org.roadloop.compute.site.ReturnedFolder;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.StagedFiles;
import org.roadloop.compute.site.ToolImage;

/**
 * The folder of one job on the shared file system (作业目录): see the package for what lies in it. What
 * a job wrote is read without following links, for it may have laid some.
 */
record JobFolder(Path folder) {
    /**
     * Takes the folders of a run to the shared file system and writes the scripts.
     *
     * @param cache of staged files by SHA-256: those are linked, not copied, where the sandbox
     *     keeps them from being written
     * @param owner of the folder, empty for the platform's own user
     */
    void lay(
            Site.Run run,
            StagedFiles cache,
            ToolImage image,
            boolean sandbox,
            int leaves,
            Optional<String> owner)
            throws IOException {
        delete();
        for (String part : List.of("mount", "log", "state")) {
            Files.createDirectories(folder.resolve(part));
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        Map<Mount, Path> mounts = new LinkedHashMap<>();
        for (var executor : run.executors()) {
            for (Mount mount : executor.mounts()) {
                if (!mounts.containsKey(mount)) {
                    Path there = folder.resolve("mount" + mount.inside());
                    mounts.put(mount, there);
                    takeIn(mount, there, cache, sandbox);
                }
            }
        }
        for (int n = 0; n < run.executors().size(); n++) {
            script(
                    "executor-" + n + ".sh",
                    JobScript.executor(folder, n, run, mounts, image, sandbox));
        }
        script("script.sh", JobScript.job(folder, run, leaves));
        if (owner.isPresent()) {
            giveTo(owner.get());
        }
    }

    private void takeIn(Mount mount, Path there, StagedFiles cache, boolean sandbox)
            throws IOException {
        try (Stream<Path> files = Files.walk(mount.host())) {
            for (Path file : files.toList()) {
                Path place = there.resolve(mount.host().relativize(file).toString());
                if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectories(place);
                } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                    Optional<Path> kept =
                            mount.writable() || !sandbox ? Optional.empty() : cache.find(file);
                    if (kept.isEmpty()) {
                        Files.copy(file, place, LinkOption.NOFOLLOW_LINKS);
                    } else {
                        Files.createLink(place, kept.get());
                    }
                }
            }
        }
    }

    private void script(String name, String text) throws IOException {
        Path script = folder.resolve(name);
        Files.writeString(script, text);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void giveTo(String user) throws IOException {
        try {
            var owner =
                    folder.getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByName(user);
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.toList()) {
                    // a file with several names is the cache's, and stays it
                    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) || names(path) == 1) {
                        Files.setOwner(path, owner);
                    }
                }
            }
        } catch (FileSystemException | java.nio.file.attribute.UserPrincipalNotFoundException e) {
            throw new IOException(
                    "the folder of a job can't be given to user "
                            + user
                            + " of the cluster: the platform must know this user and be root, or run"
                            + " as it ("
                            + e.getMessage()
                            + ")",
                    e);
        }
    }

    private static int names(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
    }

    String scriptText() throws IOException {
        return Files.readString(folder.resolve("script.sh"));
    }

    /** What the job wrote into its own record under this name, without white space at the ends. */
    Optional<String> state(String name) throws IOException {
        return text(folder.resolve("state").resolve(name));
    }

    boolean stateBeginsWith(String prefix) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("state"))) {
            return files.anyMatch(f -> f.getFileName().toString().startsWith(prefix));
        }
    }

    /** Seconds of processor time that all nodes told for an executor. */
    double cpuSeconds(int executor) throws IOException {
        double seconds = 0;
        try (Stream<Path> files = Files.list(folder.resolve("state"))) {
            for (Path file : files.toList()) {
                if (file.getFileName().toString().startsWith(executor + ".times.")) {
                    String text = text(file).orElse("");
                    String last = text.substring(text.lastIndexOf('\n') + 1);
                    if (last.matches("[0-9]+\\.[0-9]+ [0-9]+\\.[0-9]+")) {
                        String[] words = last.split(" ");
                        seconds += Double.parseDouble(words[0]) + Double.parseDouble(words[1]);
                    }
                }
            }
        }
        return seconds;
    }

    private static Optional<String> text(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try (InputStream in = open(file)) {
            return Optional.of(new String(in.readNBytes(64 << 10), StandardCharsets.UTF_8).strip());
        }
    }

    private static InputStream open(Path file) throws IOException {
        return Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Brings a writable folder back: files, folders and links as they are.
     *
     * @throws ReturnedFolder.TooMuchException when that would be more than the run may write
     */
    void bringBack(Mount mount, long limitBytes) throws IOException {
        Path there = folder.resolve("mount" + mount.inside());
        if (!there.toRealPath().equals(folder.toRealPath().resolve("mount" + mount.inside()))) {
            throw new IOException(mount.inside() + " is no folder any more: the job replaced it");
        }
        ReturnedFolder.bringBack(there, mount, limitBytes);
    }

    /** A stream of an executor: of the first node, then of the others with their ranks. */
    void bringBackStream(int executor, String stream, int nodes, Path place) throws IOException {
        try (OutputStream out = Files.newOutputStream(place)) {
            for (int rank = 0; rank < nodes; rank++) {
                Path log =
                        folder.resolve("log")
                                .resolve(executor + (rank == 0 ? "" : "." + rank) + "." + stream);
                if (Files.isRegularFile(log, LinkOption.NOFOLLOW_LINKS)) {
                    if (rank > 0 && Files.size(log) > 0) {
                        out.write(("[rank " + rank + "]\n").getBytes(StandardCharsets.UTF_8));
                    }
                    try (InputStream in = open(log)) {
                        in.transferTo(out);
                    }
                }
            }
        }
    }

    void delete() throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
