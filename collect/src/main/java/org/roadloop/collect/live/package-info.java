/**
 * The last known state of every vehicle (实时状态): followed from the durable frame log, kept off the
 * heap in slots of a fixed size, saved now and then so that a restart reads the rest of the log
 * only.
 *
 * <p>A slab is one direct buffer of 2,048 slots; a slot has 208 bytes, big-endian:
 *
 * <pre>
 * offset len field
 *   0      8  key: hash of the identity, other for each family of protocols; 0 = the slot is free
 *   8     16  subject: the id of the vehicle outside
 *  24      8  seen at: newest arrival of any report, microseconds since 1970 UTC
 *  32      8  changed at: arrival of the report that changed the state last
 *  40   5x 8  collection time of each group of fields, microseconds; 0 = the group was never sent
 *  80      1  source, see org.roadloop.collect.gateway.Source
 *  81      1  lineage, see org.roadloop.collect.Lineage
 *  82      2  edition, a year
 *  84      4  bit 0: the last report was of the future
 *  88  29x 4  fields in the order of LiveField, in their smallest unit; the three least integers
 *             stand for absent, invalid and abnormal
 * 204      4  0
 * </pre>
 *
 * The saved state is one file, version 1, written beside, synced and renamed:
 *
 * <pre>
 * offset len field
 *   0      8  magic "RLLIVE01"; the last two characters are the version
 *   8      8  salt, random
 *  16         blocks: 4 n, bytes of ciphertext with its 16-byte tag; n AES-256-GCM,
 *             nonce = salt and the number of the block, additional data = magic and salt
 *
 * plain text of block 1, 2, ..: the slots in use of one slab
 * plain text of the last one, number 0: segment 8 and offset 8 of the log up to which the state
 *             is, vehicles 8
 * </pre>
 */
@NullMarked
package org.roadloop.collect.live;

import org.jspecify.annotations.NullMarked;
