package org.roadloop.collect.mcap;

/** Hears what is wrong with a file (损坏报告); reading goes on behind it where that is possible. */
@FunctionalInterface
public interface McapDamage {
    /**
     * Something that does not read.
     *
     * @param offset in the file, of the record it is in
     * @param reason short stable name such as {@code mcap_chunk_crc}
     * @param detail what is wrong, for people
     */
    void found(long offset, String reason, String detail);
}
