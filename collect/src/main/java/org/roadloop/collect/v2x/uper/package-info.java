/**
 * Unaligned packed encoding rules (UPER, ITU-T X.691, ASN.1 紧缩编码), as far as road messages need
 * them: a message is a {@link org.roadloop.collect.v2x.uper.Structure} of plain fields that tells
 * in one method the order of its encoding; five {@link org.roadloop.collect.v2x.uper.Exchange}s go
 * through that method to read bits, write bits, write text, read text, or (in tests) make values
 * up.
 *
 * <p>What is written, most significant bit first, without any padding but at the very end:
 *
 * <pre>
 * INTEGER (a..b)              value - a in as many bits as b - a needs          §11.5
 * ENUMERATED                  its number, in the same way                        §14
 *   extensible                0 and the number, or 1 and a small number
 * SEQUENCE                    [1 bit: extended] 1 bit for each OPTIONAL, fields  §19
 *   extended                  count - 1 as a small number, 1 bit each, open types
 * SEQUENCE (SIZE(a..b)) OF    count - a in as many bits as b - a needs, items    §20
 * CHOICE                      number of the alternative, the alternative         §23
 *   extensible                0 and the number, or 1, a small number, open type
 * BIT STRING (SIZE(n))        n bits                                             §16
 *   SIZE(n, ...)              0 and n bits, or 1, a length, that many bits
 * OCTET STRING, IA5String     [count - a] 8 or 7 bits each                       §17, §30
 * small number                0 and 6 bits, or 1, a length, octets               §11.6
 * length                      0 and 7 bits, or 10 and 14 bits                    §11.9
 * open type                   length, octets                                     §11.2
 * </pre>
 *
 * <p>A reader takes only what the rules make the one encoding of a value, and keeps what it does
 * not know (extensions) as it came: so whatever was read is written again byte for byte.
 */
@NullMarked
package org.roadloop.collect.v2x.uper;

import org.jspecify.annotations.NullMarked;
