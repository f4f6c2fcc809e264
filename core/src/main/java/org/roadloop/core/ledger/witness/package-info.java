/**
 * Witnesses of a log (见证): who remembers how far a log had come, so that it can neither go back nor
 * show two faces. C2SP tlog-witness and tlog-cosignature.
 *
 * <p>A witness cosigns a checkpoint only if the log proves that it continues the one cosigned
 * before. Two notes by one log that cannot belong to one history are a {@link
 * org.roadloop.core.ledger.witness.SplitView}: they prove the fault to anyone who knows the log's
 * key.
 *
 * <table>
 * <caption>Files of a witness; HEX = lower-case hex of SHA-256 of the origin</caption>
 * <tr><th>file</th><th>content</th></tr>
 * <tr><td>{@code HEX/checkpoint}</td><td>the last checkpoint cosigned: a signed note with the log's
 * signature and ours. Replaced whole and on disk before the cosignature is answered; missing = never
 * cosigned</td></tr>
 * <tr><td>{@code HEX/split-view-ID.json}</td><td>a fault of the log, with both notes; ID = 16 hex
 * digits</td></tr>
 * <tr><td>{@code HEX/handover-EPOCH.tlog-proof}</td><td>the proof of the log's entry that put its key
 * of that epoch in use ({@link org.roadloop.core.ledger.ProofBundle}); the first one stays</td></tr>
 * </table>
 */
@NullMarked
package org.roadloop.core.ledger.witness;

import org.jspecify.annotations.NullMarked;
