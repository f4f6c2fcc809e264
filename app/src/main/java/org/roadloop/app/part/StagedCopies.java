package org.roadloop.app.part;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.roadloop.app.clearing.KeptCopies;
import org.roadloop.core.contract.ContractBook;

/**
 * Inputs of tasks in the content caches of our sites (站点缓存副本), by the contract they were
 * pseudonymised for. Which these are stands on disk before they are staged: one empty file {@code
 * staged/CONTRACT/SHA-256} each. Any thread.
 */
final class StagedCopies implements KeptCopies {
    private final Path marks;
    private final List<Path> caches;

    /**
     * @param marks directory of the marks
     * @param caches of the sites
     */
    StagedCopies(Path marks, List<Path> caches) {
        this.marks = marks;
        this.caches = List.copyOf(caches);
    }

    /** Files that are about to be staged for tasks of an agreement. */
    void note(String agreement, List<String> sha256) throws IOException {
        Path folder = Files.createDirectories(folder(agreement));
        for (String hash : sha256) {
            Path mark = folder.resolve(hash);
            if (!Files.exists(mark)) {
                Files.createFile(mark);
            }
        }
    }

    /** Removes what is staged for an agreement. */
    void drop(ContractBook.Contract contract) {
        try {
            for (Copy copy : list(contract)) {
                Files.deleteIfExists(copy.file());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("copies at sites can't be removed", e);
        }
    }

    private Path folder(String agreement) {
        return marks.resolve(
                UUID.nameUUIDFromBytes(agreement.getBytes(StandardCharsets.UTF_8)).toString());
    }

    @Override
    public List<Copy> list(ContractBook.Contract contract) throws IOException {
        List<Copy> copies = new ArrayList<>();
        Path folder = folder(contract.agreement().id());
        if (!Files.isDirectory(folder)) {
            return copies;
        }
        try (DirectoryStream<Path> noted = Files.newDirectoryStream(folder)) {
            for (Path mark : noted) {
                for (Path cache : caches) {
                    Path staged = cache.resolve(mark.getFileName().toString());
                    if (Files.exists(staged)) {
                        copies.add(new Copy(staged, true));
                    }
                }
            }
        }
        return copies;
    }
}
