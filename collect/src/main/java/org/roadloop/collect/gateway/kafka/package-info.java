/**
 * A frame log in one partition of a Kafka topic (Kafka 帧日志).
 *
 * <p>A message is a block of records as in segment files, encrypted before it leaves the process.
 * All integers are big-endian. Value of a message, version 1; it has no key:
 *
 * <pre>
 * offset len field
 *  0      8  magic "RLFRBLK1"; the last character is the version
 *  8      8  log, a random number of the home that writes
 * 16      8  segment number
 * 24      8  plain offset: position of its first record in the segment's plain record stream
 * 32      n  AES-256-GCM of whole records, sealed as a block of a segment file is
 * </pre>
 *
 * <p>The home keeps, in the directory of the frame log:
 *
 * <pre>
 * lock                       held by the one writing process
 * kafka.id                   which log, topic and partition this home writes
 * segment-0000000000.key     data key of segment 0, wrapped; erasing it erases the frames
 * </pre>
 *
 * <p>A position's offset is the message's offset in the partition times 2^24 plus the record's
 * place in the opened block, so positions grow along the partition and one position says where a
 * table stands. Segment and plain offset let the reader tell a block that came twice, one that came
 * late from a process that is gone, and one that is missing.
 */
@NullMarked
package org.roadloop.collect.gateway.kafka;

import org.jspecify.annotations.NullMarked;
