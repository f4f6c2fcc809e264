/**
 * Sockets to a durable frame log, and the log to batches (接入网关).
 *
 * <p>The frame log is a directory:
 *
 * <pre>
 * lock                       held by the one writing process
 * segment-0000000000.log     frames of segment 0
 * segment-0000000000.key     its data key, wrapped; erasing it erases the frames
 * </pre>
 *
 * All integers are big-endian. Segment file, version 1:
 *
 * <pre>
 * offset len field
 *  0      8  magic "RLFRLOG1"; the last character is the version
 *  8      8  segment number
 * 16         blocks
 *
 * block
 *  0      4  n, bytes of ciphertext with its 16-byte tag
 *  4      4  CRC-32C of the bytes 8 .. 16+n
 *  8      8  plain offset: position of its first record in the segment's plain record stream
 * 16      n  AES-256-GCM of whole records; nonce = 4 zero bytes and the plain offset,
 *            additional data = segment number and plain offset
 *
 * record
 *  0      4  m, length of the raw bytes
 *  4      8  received at, microseconds since 1970 UTC
 * 12      1  source, see Source
 * 13      1  lineage, see org.roadloop.collect.Lineage
 * 14      8  hash of the identity, for spreading work; no secret, no key
 * 22      m  the bytes as received
 * </pre>
 *
 * Key file, version 1: magic "RLFRKEY1" 8, segment number 8, nonce 12, AES-256-GCM of the 32-byte
 * data key under the master key 48 (additional data = segment number). A nonce never repeats under
 * a data key: offsets only grow, and a writer that opens the log starts a new segment with a new
 * key instead of appending behind a tail that may have been torn.
 */
@NullMarked
package org.roadloop.collect.gateway;

import org.jspecify.annotations.NullMarked;
