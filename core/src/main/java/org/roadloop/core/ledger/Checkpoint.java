package org.roadloop.core.ledger;

/**
 * A signed tree head (检查点), C2SP tlog-checkpoint.
 *
 * @param origin name of the log, first line of the note
 * @param size number of leaves
 * @param rootHash 32 bytes, RFC 6962 root
 * @param note the whole signed note, as stored
 */
public record Checkpoint(String origin, long size, byte[] rootHash, String note) {}
