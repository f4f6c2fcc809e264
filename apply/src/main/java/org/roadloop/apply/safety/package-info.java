/**
 * Watches live tracks and warns (安全监测): basic safety messages in, alarms out. Alarm names are those
 * of the day-one applications of T/CSAE 53; that standard sets no trigger values, ours are in
 * {@link org.roadloop.apply.safety.MonitorConfig}.
 */
@NullMarked
package org.roadloop.apply.safety;

import org.jspecify.annotations.NullMarked;
