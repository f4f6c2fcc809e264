/**
 * The five messages of the first day-1 set (车路协同第一阶段消息集): BSM, MAP, RSM, SPAT and RSI of T/CSAE
 * 53-2020 and YD/T 3709-2020, in the layout of the ASN.1 modules of 2019-07-24. Each class names
 * its module and type; each field keeps the standard's name with the unit of one raw step.
 *
 * <p>A {@link org.roadloop.collect.v2x.day1.MessageFrame} is one CHOICE: bit 0 says "of a later
 * edition" (the second-day set uses it), bits 1 to 3 which message; the fields follow without gap.
 *
 * <pre>
 * first byte  message
 * 00..0f      BSM  vehicle                  BasicSafetyMessage
 * 10..1f      MAP  junctions and lanes      MapData
 * 20..2f      RSM  road users seen          RoadsideSafetyMessage
 * 30..3f      SPAT signal phases            SignalPhaseAndTiming
 * 40..4f      RSI  events and signs         RoadSideInformation
 * 80..ff      later                         kept as bytes
 * </pre>
 *
 * <p>{@link org.roadloop.collect.v2x.day1.RoadsideEnvelope} is what a roadside unit sends upward:
 *
 * <pre>
 * offset len field
 *  0      8  id of the roadside unit   ASCII
 *  8      8  time                      ms since 1970 UTC, little-endian
 * 16      1  count of messages         BSM only
 *         2  length                    little-endian, of the frame that follows
 *            frame                     MessageFrame in UPER
 * </pre>
 *
 * <p>Length and frame are repeated for each BSM.
 */
@NullMarked
package org.roadloop.collect.v2x.day1;

import org.jspecify.annotations.NullMarked;
