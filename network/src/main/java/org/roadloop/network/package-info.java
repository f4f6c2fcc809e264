/** Flows with a bound, booked transfers. */
@NullMarked
package org.roadloop.network;

import org.jspecify.annotations.NullMarked;
