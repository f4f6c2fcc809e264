package org.roadloop.core.ledger;

import java.util.HexFormat;
import java.util.Optional;

/**
 * The result of verifying a log (核验结果).
 *
 * @param entries covered by the checkpoint
 * @param rootHash recomputed from the entries; of the part that was read, if that failed
 * @param ok true if nothing differs
 * @param checkpoint that the entries lead to; empty if they do not
 * @param fromEntry entries before it were taken by their hashes
 * @param payloads empty if payloads were not looked at
 */
public record Verification(
        long entries,
        byte[] rootHash,
        boolean ok,
        Optional<Fault> fault,
        Optional<Checkpoint> checkpoint,
        long fromEntry,
        Optional<PayloadCounts> payloads) {
    /**
     * @param present payloads that are what their entries name
     * @param erased payloads gone, with an entry that says so
     */
    public record PayloadCounts(long present, long erased) {}

    /** One line: what is proven, or what is wrong and where. */
    public String summary() {
        return fault.map(f -> "NOT verified: " + f).orElseGet(this::proven);
    }

    private String proven() {
        StringBuilder line = new StringBuilder("verified: ").append(entries).append(" entries");
        if (fromEntry > 0) {
            line.append(" (those before ").append(fromEntry).append(" by their hashes)");
        }
        line.append(" hash to root ").append(HexFormat.of().formatHex(rootHash));
        line.append(" of a checkpoint signed by the key of ");
        line.append(checkpoint.map(Checkpoint::origin).orElse("the log"));
        payloads.ifPresentOrElse(
                p ->
                        line.append("; payloads: ")
                                .append(p.present())
                                .append(" as named, ")
                                .append(p.erased())
                                .append(" erased"),
                () -> line.append("; payloads not looked at"));
        return line.append("; no file differs").toString();
    }
}
