package org.roadloop.govern.quality;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Entries of {@link DuplicateIndex} on disk, sorted, with their filter in memory (有序键段). The file
 * has no name once it is mapped: a process that dies leaves nothing. One thread.
 *
 * <pre>
 * entry, 32 bytes little-endian, ascending by place, then low, both unsigned
 * +0   8 place       the mixed key, uniform over 64 bits
 * +8   8 low         low half of the row's key
 * +16  8 content     hash of the row's content
 * +24  8 generation  of the row's day
 * </pre>
 */
final class KeyRun implements AutoCloseable {
    static final int ENTRY_BYTES = 32;
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Arena arena;
    private final MemorySegment entries;
    private final long size;
    private @Nullable KeyFilter filter;
    private final Set<Long> generations;
    private final Stretches stretches;
    private long asked;

    private KeyRun(
            Arena arena,
            MemorySegment entries,
            long size,
            @Nullable KeyFilter filter,
            Set<Long> generations,
            Stretches stretches) {
        this.arena = arena;
        this.entries = entries;
        this.size = size;
        this.filter = filter;
        this.generations = generations;
        this.stretches = stretches;
    }

    long size() {
        return size;
    }

    /** Days of its entries, by generation. */
    Set<Long> generations() {
        return generations;
    }

    /** Of the event time of its entries, perhaps with some that are forgotten. */
    Stretches stretches() {
        return stretches;
    }

    /** Questions since {@link #clearAsked}. */
    long asked() {
        return asked;
    }

    void clearAsked() {
        asked = 0;
    }

    void forgetFilter() {
        filter = null;
    }

    long filterBytes() {
        return filter == null ? 0 : filter.bytes();
    }

    long place(long entry) {
        return entries.get(LONG, entry * ENTRY_BYTES);
    }

    long low(long entry) {
        return entries.get(LONG, entry * ENTRY_BYTES + 8);
    }

    long content(long entry) {
        return entries.get(LONG, entry * ENTRY_BYTES + 16);
    }

    long generation(long entry) {
        return entries.get(LONG, entry * ENTRY_BYTES + 24);
    }

    /** As {@link KeyFilter#sift}; without a filter, every key may be there. */
    void sift(long[] places, long[] low, int from, int begin, int end, long[] perhaps, long bit) {
        asked += end - begin;
        if (filter != null) {
            filter.sift(places, low, from, begin, end, perhaps, bit);
            return;
        }
        for (int i = begin; i < end; i++) {
            perhaps[i] |= bit;
        }
    }

    /** At the first entry. */
    Cursor cursor() {
        return new Cursor();
    }

    /** Goes over the entries, a piece at a time in memory (游标). */
    final class Cursor {
        private static final int PIECE_ENTRIES = 1 << 11;

        private final long[] piece = new long[PIECE_ENTRIES * 4];
        private int at;
        private int end;
        private long read;

        private Cursor() {
            fill();
        }

        long place() {
            return piece[at];
        }

        long low() {
            return piece[at + 1];
        }

        long content() {
            return piece[at + 2];
        }

        long generation() {
            return piece[at + 3];
        }

        boolean isBefore(Cursor other) {
            int byPlace = Long.compareUnsigned(place(), other.place());
            return byPlace != 0 ? byPlace < 0 : Long.compareUnsigned(low(), other.low()) < 0;
        }

        /** False behind the last entry. */
        boolean advance() {
            at += 4;
            return at < end || fill();
        }

        private boolean fill() {
            int count = (int) Math.min(PIECE_ENTRIES, size - read);
            MemorySegment.copy(entries, LONG, read * ENTRY_BYTES, piece, 0, count * 4);
            read += count;
            at = 0;
            end = count * 4;
            return count > 0;
        }
    }

    /**
     * Number of the entry of a key, or -1. The filter answers most questions for a key that is not
     * there; what it lets through is looked for. Places are uniform, so the first guess is about
     * the root of the size away; from there it gallops, then halves.
     */
    long find(long place, long low, long generation) {
        asked++;
        if (filter != null && !filter.mayContain(place, low)) {
            return -1;
        }
        long guess = Math.min(size - 1, Math.unsignedMultiplyHigh(place, size));
        long below; // an entry before the first of this place, or -1
        long above; // an entry of this place or after it, or size
        long step = 16;
        if (Long.compareUnsigned(place(guess), place) < 0) {
            below = guess;
            above = guess + step;
            while (above < size && Long.compareUnsigned(place(above), place) < 0) {
                below = above;
                step *= 2;
                above += step;
            }
            above = Math.min(above, size);
        } else {
            above = guess;
            below = guess - step;
            while (below >= 0 && Long.compareUnsigned(place(below), place) >= 0) {
                above = below;
                step *= 2;
                below -= step;
            }
            below = Math.max(below, -1);
        }
        while (above - below > 1) {
            long middle = (below + above) >>> 1;
            if (Long.compareUnsigned(place(middle), place) < 0) {
                below = middle;
            } else {
                above = middle;
            }
        }
        for (long at = above; at < size && place(at) == place; at++) {
            if (low(at) == low && generation(at) == generation) {
                return at;
            }
        }
        return -1;
    }

    @Override
    public void close() {
        arena.close();
    }

    /** Writes a run; entries must come in order. One thread. */
    static final class Writer implements AutoCloseable {
        private final Path file;
        private final FileChannel channel;
        private final long[] piece = new long[4 << 12];
        private int filled;
        private final ByteBuffer buffer =
                ByteBuffer.allocate(ENTRY_BYTES << 12).order(ByteOrder.LITTLE_ENDIAN);
        private final @Nullable KeyFilter filter;
        private final Stretches stretches;
        private final Set<Long> generations = new HashSet<>();
        private long lastGeneration;
        private long size;

        /**
         * @param filter takes the entries; null for none
         * @param stretches that the entries are of, or more
         */
        Writer(Path directory, @Nullable KeyFilter filter, Stretches stretches) throws IOException {
            Files.createDirectories(directory);
            file = Files.createTempFile(directory, "keys", ".run");
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            this.filter = filter;
            this.stretches = stretches;
        }

        void add(long place, long low, long content, long generation) throws IOException {
            if (filled == piece.length) {
                drain();
            }
            piece[filled] = place;
            piece[filled + 1] = low;
            piece[filled + 2] = content;
            piece[filled + 3] = generation;
            filled += 4;
            if (filter != null) {
                filter.add(place, low);
            }
            if (generation != lastGeneration) {
                generations.add(generation);
                lastGeneration = generation;
            }
            size++;
        }

        private void drain() throws IOException {
            buffer.asLongBuffer().put(piece, 0, filled);
            buffer.limit(filled * Long.BYTES);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer.clear();
            filled = 0;
        }

        /** The run of what was added; null if that was nothing. */
        @Nullable KeyRun finish() throws IOException {
            drain();
            if (size == 0) {
                return null;
            }
            Arena arena = Arena.ofShared();
            try {
                MemorySegment mapped =
                        channel.map(FileChannel.MapMode.READ_ONLY, 0, size * ENTRY_BYTES, arena);
                return new KeyRun(arena, mapped, size, filter, generations, stretches);
            } catch (IOException e) {
                arena.close();
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
            Files.deleteIfExists(file);
        }
    }
}
