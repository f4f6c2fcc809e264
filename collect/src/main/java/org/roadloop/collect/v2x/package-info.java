/**
 * What vehicles near a junction and roadside units say to each other (车路协同消息), as datagrams of
 * fixed layout in the units of T/CSAE 53-2020. All integers are big-endian.
 *
 * <p>{@link org.roadloop.collect.v2x.BasicSafetyMessage}, 46 bytes:
 *
 * <pre>
 * offset len field                  unit, range, "not known"
 *  0      2  magic 42 53 ("BS")
 *  2      1  version                1
 *  3      1  message count          0..127, cyclic
 *  4      8  temporary id           bytes
 * 12      2  junction               number in the JunctionRegister
 * 14      8  time                   ms since 1970 UTC
 * 22      4  latitude               signed 1e-7 degree; 900000001
 * 26      4  longitude              signed 1e-7 degree; 1800000001
 * 30      2  speed                  0.02 m/s, 0..8190; 8191
 * 32      2  heading                0.0125 degree clockwise from north, 0..28799; 28800
 * 34      2  acceleration along     signed 0.01 m/s2, -2000..2000; 2001
 * 36      2  acceleration across    signed 0.01 m/s2, -2000..2000, positive to the right; 2001
 * 38      2  yaw rate               signed 0.01 degree/s, -32767..32767; -32768
 * 40      2  width                  cm, 1..1023; 0
 * 42      2  length                 cm, 1..4095; 0
 * 44      1  brakes                 0 off, 1 applied; 2
 * 45      1  vehicle class          T/CSAE 53 basic vehicle class; 0
 * </pre>
 *
 * <p>{@link org.roadloop.collect.v2x.RoadsideAlarm}, 48 bytes:
 *
 * <pre>
 *  0      2  magic 52 41 ("RA")
 *  2      1  version                1
 *  3      1  type                   RoadsideAlarm.Type, its code
 *  4      4  alarm number           unsigned, one more for each alarm of the sender
 *  8      2  junction
 * 10      8  first vehicle          temporary id, the one that is warned
 * 18      8  second vehicle         temporary id, or zeros
 * 26      8  time                   us since 1970 UTC
 * 34      4  x                      signed cm east of the junction's origin
 * 38      4  y                      signed cm north of the junction's origin
 * 42      2  time to collision      0.01 s, 0..65534; 65535
 * 44      4  reserved               0
 * </pre>
 */
@NullMarked
package org.roadloop.collect.v2x;

import org.jspecify.annotations.NullMarked;
