package org.roadloop.core.ledger;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Up to 256 leaves with a 16-bit big-endian length before each, C2SP tlog-tiles. One thread. */
final class EntryBundle {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
    private int count;

    void add(byte[] leaf) {
        bytes.write(leaf.length >>> 8);
        bytes.write(leaf.length);
        bytes.write(leaf, 0, leaf.length);
        count++;
    }

    /** Adds an entry that has its length before it already. */
    void addPacked(byte[] packed, int from, int until) {
        bytes.write(packed, from, until - from);
        count++;
    }

    int count() {
        return count;
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    void clear() {
        bytes.reset();
        count = 0;
    }

    /**
     * @param offset where the length before the leaf stands
     */
    record Located(int offset, byte[] leaf) {}

    /** Reads the first {@code wanted} leaves; a file that has not so many is damaged. */
    static List<Located> parse(Path file, byte[] bytes, int wanted) {
        List<Located> leaves = new ArrayList<>(wanted);
        int at = 0;
        while (leaves.size() < wanted) {
            int until = next(file, bytes, at, leaves.size());
            leaves.add(new Located(at, Arrays.copyOfRange(bytes, at + 2, until)));
            at = until;
        }
        return leaves;
    }

    /**
     * Where the entry ends that begins with its length at {@code at}.
     *
     * @param before number of entries before it
     */
    static int next(Path file, byte[] bytes, int at, int before) {
        if (at + 2 > bytes.length) {
            throw new CorruptLogException(
                    file, at, "ends after " + before + " entries, more belong there");
        }
        int length = ((bytes[at] & 0xFF) << 8) | (bytes[at + 1] & 0xFF);
        if (at + 2 + length > bytes.length) {
            throw new CorruptLogException(
                    file, at, "entry of " + length + " bytes runs past the end of the file");
        }
        return at + 2 + length;
    }
}
