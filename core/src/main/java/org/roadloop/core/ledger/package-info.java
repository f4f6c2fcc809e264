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
 * <tr><td>{@code snapshot}</td><td>what opening needs of the entries before it; may be
 * missing</td></tr>
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
 * <tr><td>8</td><td>4</td><td>version, 2; of version 1 see below</td></tr>
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
 * <tr><td>0</td><td>4</td><td>{@code RLF2}</td></tr>
 * <tr><td>4</td><td>4</td><td>length of the body</td></tr>
 * <tr><td>8</td><td>8</td><td>index of the first entry</td></tr>
 * <tr><td>16</td><td>4</td><td>number of entries, at least 1</td></tr>
 * <tr><td>20</td><td>4</td><td>CRC-32C of the body</td></tr>
 * <tr><td>24</td><td>4</td><td>chain: the last four bytes of the header of the frame before, of the
 * first frame bytes 12 to 15 of the journal</td></tr>
 * <tr><td>28</td><td>4</td><td>CRC-32C of bytes 0 to 27</td></tr>
 * <tr><td>32</td><td></td><td>body: entries, each with its length in 2 bytes before it</td></tr>
 * </table>
 *
 * <p>While the log is open, zeros follow the last frame, written ahead in steps of up to 4 MiB. A
 * journal of version 1 has frame headers {@code RLFR} of 28 bytes without a chain, and no zeros; it
 * is read, and begun anew as version 2 when the log is opened for writing.
 *
 * <p>A bad last frame is torn, and cut, if something of it was never written: its end is missing or
 * zero, or a whole disk sector (512 bytes, as far as it is the frame's) is zero, which JCS never
 * is; and no good frame follows, and the checkpoint does not cover it. Everything else that does
 * not check is refused, so a bit that flips in an acknowledged frame is never taken for a crash.
 * What remains: a disk that loses whole sectors or frames <em>after</em> it said they were on disk,
 * within a quarter of a second before a crash and so before a checkpoint over them, leaves what a
 * crash leaves.
 *
 * <table>
 * <caption>Snapshot, written when the journal is begun anew and at a clean end</caption>
 * <tr><th>offset</th><th>bytes</th><th>field</th></tr>
 * <tr><td>0</td><td>8</td><td>{@code ROADSNP1}</td></tr>
 * <tr><td>8</td><td>8</td><td>size S: number of entries it stands for, a multiple of 256, at most the
 * journal's base</td></tr>
 * <tr><td>16</td><td>32</td><td>root of the tree of S entries</td></tr>
 * <tr><td>48</td><td>4</td><td>number of subjects</td></tr>
 * <tr><td>52</td><td>4</td><td>number of erasures that may be unfinished</td></tr>
 * <tr><td>56</td><td>4</td><td>CRC-32C of all from byte 64 on</td></tr>
 * <tr><td>60</td><td>4</td><td>CRC-32C of bytes 0 to 59</td></tr>
 * <tr><td>64</td><td></td><td>edge: of each level from 0 the hashes of the tile that is not full,
 * (S / 256^level) mod 256 of 32 bytes</td></tr>
 * <tr><td></td><td>8 each</td><td>index of an entry whose payload is erased</td></tr>
 * <tr><td></td><td></td><td>subjects: length in 2 bytes, UTF-8, number of events in 8 bytes</td></tr>
 * </table>
 *
 * <p>Opening takes the tree's edge and the versions from the snapshot, hashes the bundles from S to
 * the journal's base, then the journal. The root of the signed checkpoint must come out, and every
 * hash of the edge is an input of it: a snapshot that was changed or belongs to another log does
 * not get there. Then, or without a snapshot, every bundle is hashed. The next snapshot is due
 * after an eighth more entries (at least 131,072), so that all of them together cost no more than a
 * fixed share of the log. What opening did not read is checked when it is read (a bundle against
 * the tile above, each tile against the one above it), and all of it once, in the background, after
 * opening; damage found there ends appends. Full verification: {@link
 * org.roadloop.core.ledger.LedgerVerifier}.
 */
@NullMarked
package org.roadloop.core.ledger;

import org.jspecify.annotations.NullMarked;
