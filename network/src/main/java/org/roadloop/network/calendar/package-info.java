/**
 * When bulk data will have arrived, and the link capacity booked for it (大数据传输预约).
 *
 * <p>Capacity for bulk is a share of what the admitted flows leave, and bulk travels in the lowest
 * class: it can't touch a guarantee.
 */
@NullMarked
package org.roadloop.network.calendar;

import org.jspecify.annotations.NullMarked;
