/**
 * GB/T 32960.3-2016, the protocol between electric vehicles and platforms (电动汽车远程服务与管理系统技术规范 第3部分),
 * read and written in place.
 *
 * <p>{@link org.roadloop.collect.gb32960.Frame} is the envelope, {@link
 * org.roadloop.collect.gb32960.FrameCutter} finds it in a stream, one class per message and per
 * information unit names the fields. Each information unit starts with its type byte; offsets in
 * the classes count from that byte:
 *
 * <pre>
 * type  unit                 bytes with type          class
 * 01    whole vehicle        21                       WholeVehicle
 * 02    drive motors         2 + 12 n                 DriveMotors
 * 03    fuel cell            19 + n                   FuelCell
 * 04    engine               6                        Engine
 * 05    position             10                       Position
 * 06    extreme values       15                       Extremes
 * 07    alarms               10 + 4 (n1+n2+n3+n4)     Alarms
 * 08    cell voltages        2 + sum(10 + 2 m)        CellVoltages
 * 09    probe temperatures   2 + sum(3 + n)           ProbeTemperatures
 * 80-FE user-defined         3 + length               (skipped)
 * </pre>
 *
 * No unit but the user-defined ones carries a length, so an unknown type ends the frame.
 */
@NullMarked
package org.roadloop.collect.gb32960;

import org.jspecify.annotations.NullMarked;
