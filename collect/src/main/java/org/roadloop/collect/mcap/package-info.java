/**
 * MCAP, the container of time-stamped messages for recordings (行车记录容器), read as a stream or by its
 * index. After the public MCAP format specification, major version 0.
 *
 * <p>A file is {@code magic, Header, data section, DataEnd, summary section, Footer, magic}; the
 * magic is {@code 89 'M' 'C' 'A' 'P' 30 0D 0A}. Sections are records; all integers are
 * little-endian and unsigned, times are nanoseconds since an epoch of the writer, mostly 1970 UTC:
 *
 * <pre>
 *  0        1            9          9+L
 * +--------+------------+----------+
 * | opcode | length L   | body     |
 * |   1    |     8      |  L       |
 * +--------+------------+----------+
 * string, bytes: length u32, bytes; map: bytes of the whole u32, then key, value, key, value …
 *
 * op  record           body
 * 01  Header           profile string, library string
 * 02  Footer           summary start u64, summary offset start u64, summary CRC u32
 * 03  Schema           id u16 (not 0), name string, encoding string, data bytes
 * 04  Channel          id u16, schema id u16 (0: none), topic string, message encoding string,
 *                      metadata map string to string
 * 05  Message          channel id u16, sequence u32, log time u64, publish time u64, data
 * 06  Chunk            first log time u64, last log time u64, uncompressed size u64,
 *                      uncompressed CRC u32, compression string ("", lz4, zstd),
 *                      length u64, records 03, 04, 05
 * 07  MessageIndex     channel id u16, map log time u64 to offset in the chunk u64
 * 08  ChunkIndex       first log time u64, last log time u64, chunk offset u64, chunk length u64,
 *                      map channel id u16 to MessageIndex offset u64, MessageIndex bytes u64,
 *                      compression string, compressed size u64, uncompressed size u64
 * 09  Attachment       log time u64, create time u64, name string, media type string,
 *                      length u64, data, CRC u32 of all before
 * 0A  AttachmentIndex  offset u64, length u64, log time u64, create time u64, data size u64,
 *                      name string, media type string
 * 0B  Statistics       messages u64, schemas u16, channels u32, attachments u32, metadata u32,
 *                      chunks u32, first log time u64, last log time u64,
 *                      map channel id u16 to messages u64
 * 0C  Metadata         name string, map string to string
 * 0D  MetadataIndex    offset u64, length u64, name string
 * 0E  SummaryOffset    opcode u8, group start u64, group length u64
 * 0F  DataEnd          data section CRC u32
 * </pre>
 *
 * A body may be longer than its fields: the rest is ignored. A CRC of 0 means that there is none.
 * {@link org.roadloop.collect.mcap.McapStream} reads from any stream, {@link
 * org.roadloop.collect.mcap.McapFile} by the index; what is damaged is told with its offset and
 * what can be read behind it is read.
 */
@NullMarked
package org.roadloop.collect.mcap;

import org.jspecify.annotations.NullMarked;
