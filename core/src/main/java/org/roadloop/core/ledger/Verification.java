package org.roadloop.core.ledger;

import java.util.HexFormat;
import java.util.Optional;

/**
 * The result of verifying a log (核验结果).
 *
 * @param entries covered by the checkpoint
 * @param rootHash recomputed from the entries; of the part that was read, if that failed
 * @param ok true if nothing differs
 */
public record Verification(long entries, byte[] rootHash, boolean ok, Optional<Fault> fault) {
    /** One line: what is proven, or what is wrong and where. */
    public String summary() {
        return fault.map(f -> "NOT verified: " + f)
                .orElseGet(
                        () ->
                                "verified: "
                                        + entries
                                        + " entries hash to root "
                                        + HexFormat.of().formatHex(rootHash)
                                        + " of a checkpoint signed by the log's key; no file"
                                        + " differs");
    }
}
