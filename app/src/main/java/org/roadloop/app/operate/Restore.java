package org.roadloop.app.operate;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import org.roadloop.app.home.Home;
import org.roadloop.app.home.PrivateFiles;

/** Makes a home from a backup (恢复): whole and verified, or not at all. */
public final class Restore {
    private Restore() {}

    /**
     * What was restored.
     *
     * @param proven one line: what the verified ledger says
     */
    public record Result(Manifest manifest, String proven) {}

    /**
     * Extracts beside the home, verifies, then moves into place in one step.
     *
     * @throws ArchiveException if the target is not empty, a hash differs or the ledger does not
     *     verify; then nothing is left behind
     */
    public static Result into(Path home, Path archive) throws IOException {
        Path target = home.toAbsolutePath().normalize();
        refuseUsed(target);
        Path draft =
                target.resolveSibling(
                        target.getFileName() + ".restoring-" + ProcessHandle.current().pid());
        Backup.delete(draft);
        PrivateFiles.folder(draft);
        try {
            Manifest manifest = new ArchiveReader(archive).extract(draft);
            if (manifest.homeFormat() != Home.FORMAT) {
                throw new ArchiveException(
                        archive
                                + " is of home format "
                                + manifest.homeFormat()
                                + ", this build restores "
                                + Home.FORMAT
                                + "; restore it with the build that made it");
            }
            LedgerCheck.Result ledger = LedgerCheck.home(draft);
            if (!ledger.holds()) {
                throw new ArchiveException("the ledger of the backup is damaged: " + ledger.says());
            }
            PrivateFiles.write(draft.resolve("format"), "roadloop-home " + Home.FORMAT + "\n");
            force(draft);
            moveIntoPlace(draft, target);
            return new Result(manifest, ledger.says());
        } finally {
            Backup.delete(draft);
        }
    }

    static void moveIntoPlace(Path draft, Path target) throws IOException {
        try {
            Files.deleteIfExists(target);
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            refuseUsed(target); // filled while the backup was read and verified
            throw e;
        }
    }

    /** Files first, then the folders that name them: on disk before the home is in place. */
    private static void force(Path root) throws IOException {
        try (var inside = Files.walk(root)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                    channel.force(true);
                }
            }
        }
    }

    private static void refuseUsed(Path target) throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        if (!Files.isDirectory(target)) {
            throw new ArchiveException(target + " is a file; give a new folder with --home");
        }
        try (var inside = Files.list(target)) {
            if (inside.findAny().isPresent()) {
                throw new ArchiveException(
                        target
                                + " is not empty; a backup is restored into a new home only, give"
                                + " another --home");
            }
        }
    }
}
