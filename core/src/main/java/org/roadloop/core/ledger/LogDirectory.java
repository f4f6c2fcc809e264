package org.roadloop.core.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A log as files in a directory (日志目录). Any thread. */
public final class LogDirectory implements LogSource {
    private final Path dir;

    /**
     * @throws IllegalArgumentException if it is no directory
     */
    public LogDirectory(Path dir) {
        if (!Files.isDirectory(dir)) {
            throw new IllegalArgumentException(dir + " is no directory, so no log to verify");
        }
        this.dir = dir;
    }

    @Override
    public int parallelReads() {
        return Runtime.getRuntime().availableProcessors();
    }

    @Override
    public Optional<byte[]> find(String path) throws IOException {
        Path file = dir.resolve(path);
        try {
            return Optional.of(Files.readAllBytes(file));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException e) {
            if (Files.isDirectory(file)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public List<String> partials(String fullPath) throws IOException {
        try (Stream<Path> files = Files.list(dir.resolve(fullPath + ".p"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith(".draft"))
                    .sorted()
                    .map(name -> fullPath + ".p/" + name)
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        }
    }

    @Override
    public Optional<Path> directory() {
        return Optional.of(dir);
    }

    @Override
    public String toString() {
        return dir.toString();
    }
}
