package org.roadloop.compute.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.network.bulk.Manifest;
import org.roadloop.network.bulk.Mover;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was staged at a site, each file under its SHA-256 (内容寻址缓存). Any thread. */
public final class StagedFiles {
    private static final Logger LOG = LoggerFactory.getLogger(StagedFiles.class);

    private final String site;
    private final Path folder;
    private final Map<String, Object> staging = new ConcurrentHashMap<>();

    public StagedFiles(String site, Path folder) throws IOException {
        this.site = site;
        this.folder = Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }

    public Site.Staged stage(Path file, String sha256, long rateBitsPerSecond)
            throws IOException, InterruptedException {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("'" + sha256 + "' is no SHA-256 in hex");
        }
        Path kept = folder.resolve(sha256);
        synchronized (staging.computeIfAbsent(sha256, s -> new Object())) {
            if (findWhole(sha256).isPresent()) {
                return new Site.Staged(kept, sha256, 0, "");
            }
            Manifest manifest = Mover.copy(file, kept, rateBitsPerSecond);
            if (!manifest.sha256().equals(sha256)) {
                Files.delete(kept);
                throw new IOException(
                        "%s arrived at site %s as %s, not %s: it changed on the way"
                                .formatted(file.getFileName(), site, manifest.sha256(), sha256));
            }
            Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("r--r--r--"));
            return new Site.Staged(kept, sha256, manifest.dataBytes(), manifest.root());
        }
    }

    /** The kept file with this content. */
    public Optional<Path> find(String sha256) {
        Path kept = folder.resolve(sha256);
        return sha256.matches("[0-9a-f]{64}") && Files.exists(kept)
                ? Optional.of(kept)
                : Optional.empty();
    }

    /** As {@link #find(String)}, read through; a file that is damaged is kept no longer. */
    public Optional<Path> findWhole(String sha256) throws IOException {
        Optional<Path> kept = find(sha256);
        if (kept.isEmpty() || digest(kept.get()).equals(sha256)) {
            return kept;
        }
        LOG.warn("site {}: the kept copy of {} is damaged and dropped", site, sha256);
        Files.deleteIfExists(kept.get());
        return Optional.empty();
    }

    /** The kept file with the same content. */
    public Optional<Path> find(Path file) throws IOException {
        Path kept = folder.resolve(digest(file));
        return Files.exists(kept) ? Optional.of(kept) : Optional.empty();
    }

    private static String digest(Path file) throws IOException {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            try (var in = new DigestInputStream(Files.newInputStream(file), sha256)) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
