package org.roadloop.core.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

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
        long[] prefixes = new long[64];
        int count = 0;
        for (String part : new String[] {"payload", "salt"}) {
            if (!Files.isDirectory(dir.resolve(part))) {
                continue;
            }
            try (Stream<Path> walk = Files.walk(dir.resolve(part))) {
                for (Path file : (Iterable<Path>) walk::iterator) {
                    if (isNamed(file)) {
                        if (count == prefixes.length) {
                            prefixes = Arrays.copyOf(prefixes, 2 * count);
                        }
                        prefixes[count++] = prefix(file.getFileName().toString());
                    }
                }
            }
        }
        prefixes = Arrays.copyOf(prefixes, count);
        Arrays.sort(prefixes);
        return new PayloadFiles(dir, prefixes);
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
        int removed = 0;
        if (named.cardinality() == prefixes.length) {
            return removed;
        }
        for (String part : new String[] {"payload", "salt"}) {
            if (!Files.isDirectory(dir.resolve(part))) {
                continue;
            }
            try (Stream<Path> walk = Files.walk(dir.resolve(part))) {
                for (Path file : (Iterable<Path>) walk::iterator) {
                    String name = file.getFileName().toString();
                    if (isNamed(file) && isUnnamed(name) && !recent.test(name)) {
                        Files.deleteIfExists(file);
                        removed++;
                    }
                }
            }
        }
        return removed;
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
