/**
 * The append-only Merkle log of what was agreed, used and decided (账本、存证).
 *
 * <p>Layout: C2SP tlog-tiles; hashing: RFC 6962; leaves: RFC 8785 (JCS) bytes of an {@link
 * org.roadloop.core.ledger.Event}; checkpoints: C2SP tlog-checkpoint. All integers are big-endian.
 *
 * <table>
 * <caption>Files of a log directory, format 1</caption>
 * <tr><th>file</th><th>content</th></tr>
 * <tr><td>{@code format}</td><td>{@code roadloop-ledger 1\nsha-256\n}; written last when a log is
 * made</td></tr>
 * <tr><td>{@code lock}</td><td>empty; locked by the one writer</td></tr>
 * <tr><td>{@code journal}</td><td>the newest entries; what is in it is durable</td></tr>
 * <tr><td>{@code tile/entries/N}</td><td>entries 256N to 256N+255, each with its length in 2 bytes
 * before it</td></tr>
 * <tr><td>{@code tile/L/N}</td><td>256 hashes of 32 bytes: level 0 leaf hashes, level L the roots of
 * the tiles of level L-1</td></tr>
 * <tr><td>{@code tile/entries/N.p/W}, {@code tile/L/N.p/W}</td><td>the first W of it, while it is not
 * full; removed after</td></tr>
 * <tr><td>{@code checkpoint}</td><td>signed note: origin, size, base64 of the root</td></tr>
 * <tr><td>{@code payload/HH/HASH}</td><td>bytes of a payload; HASH = hex of SHA-256(salt ‖
 * bytes)</td></tr>
 * <tr><td>{@code salt/HH/ID}</td><td>32 random bytes; ID = hex of the first 16 bytes of SHA-256(0x02
 * ‖ salt)</td></tr>
 * </table>
 *
 * <p>N is written in groups of three digits, all but the last marked with x: {@code x001/x234/067}.
 *
 * <table>
 * <caption>Journal header, 64 bytes</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>8</td><td>{@code ROADJNL1}</td></tr>
 * <tr><td>8</td><td>4</td><td>version, 1</td></tr>
 * <tr><td>12</td><td>4</td><td>CRC-32C of bytes 16 to 63</td></tr>
 * <tr><td>16</td><td>8</td><td>base: index of the first entry, a multiple of 256; all before it are
 * on disk as full tiles and bundles</td></tr>
 * <tr><td>24</td><td>32</td><td>root of the tree of the entries before the base</td></tr>
 * <tr><td>56</td><td>8</td><td>0</td></tr>
 * </table>
 *
 * <table>
 * <caption>Journal frame: one group commit; none is written before the last is on disk</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>4</td><td>{@code RLFR}</td></tr>
 * <tr><td>4</td><td>4</td><td>length of the body</td></tr>
 * <tr><td>8</td><td>8</td><td>index of the first entry</td></tr>
 * <tr><td>16</td><td>4</td><td>number of entries, at least 1</td></tr>
 * <tr><td>20</td><td>4</td><td>CRC-32C of the body</td></tr>
 * <tr><td>24</td><td>4</td><td>CRC-32C of bytes 0 to 23</td></tr>
 * <tr><td>28</td><td></td><td>body: entries, each with its length in 2 bytes before it</td></tr>
 * </table>
 *
 * <p>A torn end is a last frame that is too short or fails a checksum, with no good frame after it,
 * and not covered by the checkpoint; it is cut. Everything else that does not check is refused.
 */
@NullMarked
package org.roadloop.core.ledger;

import org.jspecify.annotations.NullMarked;
