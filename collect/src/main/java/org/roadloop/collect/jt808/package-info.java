/**
 * JT/T 808-2013 and -2019, the protocol between terminals of road transport vehicles and platforms
 * (道路运输车辆卫星定位系统 终端通讯协议), with the active-safety alarms and attachments of T/JSATL 12-2017 and the
 * add-ons of JT/T 1078-2016.
 *
 * <p>{@link org.roadloop.collect.jt808.Frame} is the envelope, {@link
 * org.roadloop.collect.jt808.FrameCutter} finds it in a stream and undoes its escapes; {@link
 * org.roadloop.collect.jt808.PositionColumns} and {@link
 * org.roadloop.collect.jt808.SafetyAlarmColumns} read positions in place into tables. All other
 * messages are records below {@link org.roadloop.collect.jt808.Message}:
 *
 * <pre>
 * 0001 8001 0002 0003 0004 8004 0005 8003 8100 0102 0A00 8A00   LinkMessage
 * 0100                                                          Registration
 * 0200 0201 8201 8202 0704                                      PositionMessage
 * 0800 0801 8800                                                MediaMessage
 * 0705 0900 8900 0901                                           DataMessage
 * 8103 8104 8106 0104 8105 8300                                 CommandMessage
 * 9208 1210 1211 1212 9212                                      AttachmentMessage
 * any other                                                     Message.Other, bytes as they came
 * </pre>
 *
 * What the standards misprint, and terminals do right: the time of a position is at 22, not 21; the
 * items of 0705 begin at 7, not 8; the count of 8003 is at 2, not 4; the count of tyres at 40, not
 * 39.
 */
@NullMarked
package org.roadloop.collect.jt808;

import org.jspecify.annotations.NullMarked;
