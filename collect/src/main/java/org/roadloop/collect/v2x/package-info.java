/**
 * What vehicles and roadside units say (车路协同消息) as rows, and who may say it. Their messages are
 * those of {@link org.roadloop.collect.v2x.day1}; an alarm to a roadside unit is of an own layout,
 * because the day-1 set has none for a warning to one vehicle. All its integers are big-endian.
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
