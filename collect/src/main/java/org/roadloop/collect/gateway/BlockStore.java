package org.roadloop.collect.gateway;

import java.io.IOException;
import org.roadloop.core.table.LogPosition;

/** Where a frame log keeps its blocks (块存储). One thread, the committing one. */
public interface BlockStore extends AutoCloseable {
    /**
     * Makes a block of whole records durable, behind all earlier ones.
     *
     * @return position behind the block
     * @throws IOException when it could not be done, or not be seen to be done, for now: called
     *     again with the same block
     */
    LogPosition write(byte[] records, int length) throws IOException, InterruptedException;

    @Override
    void close();
}
