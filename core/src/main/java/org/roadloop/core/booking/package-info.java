/** One calendar for everything that is booked: link capacity and compute slots (预约). */
@NullMarked
package org.roadloop.core.booking;

import org.jspecify.annotations.NullMarked;
