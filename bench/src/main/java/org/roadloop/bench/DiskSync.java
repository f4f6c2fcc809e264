package org.roadloop.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What the disk itself needs to make one ledger entry durable: append 400 bytes, sync. */
final class DiskSync {
    static final int ENTRY_BYTES = 400;

    private DiskSync() {}

    /**
     * Milliseconds of {@code times} appends one after the other.
     *
     * @param folder on the disk in question
     */
    static Percentiles measure(Path folder, int times) throws IOException {
        double[] millis = new double[times];
        ByteBuffer entry = ByteBuffer.allocate(ENTRY_BYTES);
        try (FileChannel file =
                FileChannel.open(
                        folder.resolve("fsync"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.APPEND)) {
            for (int i = 0; i < times; i++) {
                entry.clear();
                long began = System.nanoTime();
                file.write(entry);
                file.force(false);
                millis[i] = (System.nanoTime() - began) / 1e6;
            }
        }
        return new Percentiles(millis);
    }
}
