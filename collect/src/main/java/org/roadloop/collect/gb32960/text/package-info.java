/**
 * GB/T 32960.3 as text (报文解析): every message of both editions as a JSON object and back, byte for
 * byte. {@link org.roadloop.collect.gb32960.text.Gb32960Text} is the way in. What each message is
 * made of stands in {@code MessageBodies}, what each information unit is made of in {@code
 * UnitBodies}, as lists of members; the members themselves know bytes and JSON.
 */
@NullMarked
package org.roadloop.collect.gb32960.text;

import org.jspecify.annotations.NullMarked;
