package org.roadloop.core.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Compares the journal of a log directory with its verified bundles (核对日志文件). One thread. */
final class JournalCheck {
    private static final String FILE = "journal";
    private final Path dir;
    private final LogSource source;
    private final LogReader verified;
    private final long size;
    private final byte[][] leaves = new byte[TilePath.WIDTH][];
    private long loaded = -1;

    /**
     * @param verified over a tree whose bundles and tiles were compared already
     */
    JournalCheck(Path dir, LogSource source, LogReader verified) {
        this.dir = dir;
        this.source = source;
        this.verified = verified;
        this.size = verified.checkpoint().size();
    }

    /** Every entry of the journal that the checkpoint covers is the entry of the bundle. */
    void run() throws IOException {
        Path file = dir.resolve(FILE);
        if (!Files.exists(file)) {
            return; // a copy of the tiles alone is a log, too
        }
        Journal.Header header;
        try {
            header = Journal.readHeader(file);
        } catch (CorruptLogException e) {
            throw new FaultFound(FILE, e.byteOffset(), -1, "the header is damaged");
        }
        if (header.base() <= size && !Arrays.equals(header.root(), verified.root(header.base()))) {
            throw new FaultFound(FILE, 24, header.base(), "the base root is not that of the tree");
        }
        Journal.Scan scan;
        try {
            scan = Journal.scan(file, this::compare);
        } catch (CorruptLogException e) {
            throw new FaultFound(FILE, e.byteOffset(), -1, "the frame is damaged");
        }
        if (scan.size() < size) {
            throw new FaultFound(
                    FILE,
                    scan.goodBytes(),
                    scan.size(),
                    "it ends before entry " + scan.size() + ", yet the checkpoint covers " + size);
        }
    }

    private void compare(long index, byte[] leaf, long frameOffset) throws IOException {
        if (index >= size) {
            return;
        }
        long n = index / TilePath.WIDTH;
        if (n != loaded) {
            load(n);
            loaded = n;
        }
        if (!Arrays.equals(leaf, leaves[(int) (index % TilePath.WIDTH)])) {
            throw new FaultFound(FILE, frameOffset, index, "the entry is not that of the tree");
        }
    }

    private void load(long n) throws IOException {
        int width = (int) Math.min(TilePath.WIDTH, size - n * TilePath.WIDTH);
        Optional<LogSource.Found> found = source.find(TilePath.bundle(n), width);
        if (found.isEmpty()) {
            throw new FaultFound(
                    TilePath.bundle(n), 0, n * TilePath.WIDTH, "the file vanished meanwhile");
        }
        List<EntryBundle.Located> all =
                EntryBundle.parse(dir.resolve(found.get().path()), found.get().bytes(), width);
        for (int i = 0; i < width; i++) {
            leaves[i] = all.get(i).leaf();
        }
    }
}
