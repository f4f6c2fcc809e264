package org.roadloop.core.ledger;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.Predicate;

/**
 * The files of payloads and salts that are there (载荷清点), 8 bytes of memory each, and which of them
 * an entry names. One thread.
 */
final class PayloadFiles {
    private static final int PREFIX_DIGITS = 16;

    private final Path dir;
    private final long[] prefixes;
    private final BitSet named = new BitSet();

    private PayloadFiles(Path dir, long[] prefixes) {
        this.dir = dir;
        this.prefixes = prefixes;
    }

    /** First 64 bits of each name: a file that shares them with another is kept for it. */
    static PayloadFiles list(Path dir) throws IOException {
        long[][] prefixes = {new long[64]};
        int[] count = {0};
        each(
                dir,
                file -> {
                    if (count[0] == prefixes[0].length) {
                        prefixes[0] = Arrays.copyOf(prefixes[0], 2 * count[0]);
                    }
                    prefixes[0][count[0]++] = prefix(file.getFileName().toString());
                });
        long[] sorted = Arrays.copyOf(prefixes[0], count[0]);
        Arrays.sort(sorted);
        return new PayloadFiles(dir, sorted);
    }

    private interface Visit {
        void accept(Path file) throws IOException;
    }

    /** Files come and go meanwhile: one that is gone when it is looked at is none. */
    private static void each(Path dir, Visit visit) throws IOException {
        for (String part : new String[] {"payload", "salt"}) {
            Files.walkFileTree(
                    dir.resolve(part),
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                                throws IOException {
                            if (isNamed(file)) {
                                visit.accept(file);
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException e)
                                throws IOException {
                            if (e instanceof NoSuchFileException) {
                                return FileVisitResult.CONTINUE;
                            }
                            throw e;
                        }
                    });
        }
    }

    boolean isEmpty() {
        return prefixes.length == 0;
    }

    /** An entry has this payload. */
    void named(Payloads.Reference reference) {
        mark(reference.hash());
        mark(reference.salt());
    }

    private void mark(String name) {
        int at = Arrays.binarySearch(prefixes, prefix(name));
        if (at >= 0) {
            named.set(at);
        }
    }

    /**
     * Deletes the files listed that no entry named.
     *
     * @param recent names that came meanwhile, with entries that were not looked at
     * @return how many
     */
    int removeUnnamed(Predicate<String> recent) throws IOException {
        if (named.cardinality() == prefixes.length) {
            return 0;
        }
        int[] removed = {0};
        each(
                dir,
                file -> {
                    String name = file.getFileName().toString();
                    if (isUnnamed(name) && !recent.test(name)) {
                        Files.deleteIfExists(file);
                        removed[0]++;
                    }
                });
        return removed[0];
    }

    private boolean isUnnamed(String name) {
        int at = Arrays.binarySearch(prefixes, prefix(name));
        return at >= 0 && !named.get(at);
    }

    private static boolean isNamed(Path file) {
        return file.getFileName().toString().matches("[0-9a-f]{32}([0-9a-f]{32})?");
    }

    private static long prefix(String name) {
        return Long.parseUnsignedLong(name, 0, PREFIX_DIGITS, 16);
    }
}
