/**
 * Evidence that follows its act (后补存证): of what is safer done first, an alarm or taking access
 * away. It waits in a bounded queue on disk until the ledger has it, and has it once.
 *
 * <p>{@code evidence.queue}, format 1, all integers big-endian: a header, then records.
 *
 * <table>
 * <caption>Header, 32 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>8</td><td>{@code ROADEVQ1}</td></tr>
 * <tr><td>8</td><td>16</td><td>id of the queue, a random UUID</td></tr>
 * <tr><td>24</td><td>4</td><td>number of entries about this queue in the ledger when the file was
 * begun</td></tr>
 * <tr><td>28</td><td>4</td><td>CRC-32C of bytes 0 to 27</td></tr>
 * </table>
 *
 * <table>
 * <caption>Record</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>4</td><td>length of the body</td></tr>
 * <tr><td>4</td><td>4</td><td>kind: 1 event, 2 gap, 3 intent, 4 done</td></tr>
 * <tr><td>8</td><td>4</td><td>CRC-32C of bytes 0 to 7 and the body</td></tr>
 * <tr><td>12</td><td></td><td>body, JSON</td></tr>
 * </table>
 *
 * <p>An intent {@code {count}} says that the first {@code count} events that wait, and the gap so
 * far, are about to be appended; done {@code {version}} that they are. Each append carries one
 * entry about the queue itself, expected at the version the file knows: so after any stop the
 * ledger tells whether an intent was carried out. The first record that does not check ends the
 * file; it is cut there, and the cut is recorded as a gap. Zeros after the last record are room
 * taken in advance, so that a full disk does not stop the evidence that the disk is full for.
 */
@NullMarked
package org.roadloop.core.evidence;

import org.jspecify.annotations.NullMarked;
