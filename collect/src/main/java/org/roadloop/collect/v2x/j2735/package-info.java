/**
 * The messages of the United States (美国车路协同消息), SAE J2735 in UPER, as far as their layout is public
 * from recordings: the frame, and the core of the basic safety message. Everything else of a
 * message is kept as it came.
 *
 * <pre>
 * frame   1 bit 0, 15 bits message id (20 BSM, 19 SPAT, 18 MAP), length, content
 * BSM     1 bit extended, 1 bit part II, 1 bit regional, core data, the rest
 * core    msgCnt 7, id 32, secMark 16, lat 31, long 32, elev 16, semi-major 8, semi-minor 8,
 *         orientation 16, transmission 3, speed 13, heading 15, angle 8, acceleration 12 + 12 + 8,
 *         yaw 16, wheel brakes 5, traction, ABS, SCS, boost and auxiliary brakes 2 each, width 10,
 *         length 12 bits
 * </pre>
 *
 * <p>{@link org.roadloop.collect.v2x.j2735.ObuLogRecord}, as on-board units of the Wyoming pilot
 * keep; all numbers little-endian:
 *
 * <pre>
 * offset len field                   unit
 *  0      1  direction               0 own, 1 heard
 *  1      4  latitude                signed 1e-7 degree
 *  5      4  longitude               signed 1e-7 degree
 *  9      4  elevation               signed 0.1 m
 * 13      2  speed                   0.02 m/s
 * 15      2  heading                 0.0125 degree
 * 17      4  time                    s since 1970 UTC
 * 21      2  its milliseconds
 * 23      1  result of the signature check
 * 24      2  length of the payload
 * 26         payload                 IEEE 1609.2: 03 80 length content, or 03 81 signed
 * </pre>
 */
@NullMarked
package org.roadloop.collect.v2x.j2735;

import org.jspecify.annotations.NullMarked;
