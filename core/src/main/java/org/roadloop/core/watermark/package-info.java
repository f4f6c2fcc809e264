/**
 * Marks in the numbers of a released table that name the contract they left under (数据水印), and the
 * test that finds them again in a leaked file.
 *
 * <p>The scheme is a keyed, blind watermark of numeric attributes after R. Agrawal and J. Kiernan
 * (<i>Watermarking Relational Databases</i>, VLDB 2002): a secret function picks cells and says
 * what their least significant digit has to be. As in the fingerprints of Y. Li, V. Swarup and S.
 * Jajodia (IEEE TDSC 2(1), 2005) each recipient has a pattern of its own; theirs are code words
 * under one key, here each contract has a key, so that who knows one pattern knows nothing of
 * another. Why so: {@code docs/decisions/0013-watermark-per-contract.md}.
 *
 * <p>A pseudorandom block of 16 bytes decides about a cell, AES-256 under keys that are derived by
 * HMAC-SHA256 from the platform's key and the contract's id:
 *
 * <pre>
 * by value: AES(K1, input)
 *   bytes  0..7   first 8 bytes of HMAC-SHA256(contract key, "column/" + name)
 *   bytes  8..15  number of the value's pair, negative for a negative value, big-endian
 *
 * by row: AES-CBC-MAC(K2, input), blocks of 16 bytes, the last one of content filled with zeros
 *   bytes  0..3   bytes of content that follow, big-endian
 *   content       of each column that names the row: 01, length (4 bytes), UTF-8 bytes;
 *                 or 02, 8 bytes big-endian
 *   last block    first 16 bytes of HMAC-SHA256(contract key, "column/" + name)
 *
 * out
 *   byte   0      lowest three bits clear: the cell is marked (one in eight)
 *   byte   1      lowest bit: what the mark is
 *   bytes  8..15  tells inputs apart when marks are counted
 * </pre>
 */
@NullMarked
package org.roadloop.core.watermark;

import org.jspecify.annotations.NullMarked;
