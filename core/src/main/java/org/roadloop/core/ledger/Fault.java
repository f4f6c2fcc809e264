package org.roadloop.core.ledger;

/**
 * What is wrong in a log, and where (差错).
 *
 * @param file relative to the log's directory, with '/'
 * @param byteOffset from 0; of a tile or the journal the first bad byte or frame, of an entry
 *     bundle the start of the bad entry, of a payload 0, because a hash covers it whole
 * @param entryIndex the first entry concerned; -1 if it is none in particular
 * @param what what differs
 */
public record Fault(String file, long byteOffset, long entryIndex, String what) {
    @Override
    public String toString() {
        return file
                + " byte "
                + byteOffset
                + (entryIndex < 0 ? "" : " (entry " + entryIndex + ")")
                + ": "
                + what;
    }
}
