/**
 * Worst-case delay and backlog from arrival and service curves (网络演算).
 *
 * <p>Bits, seconds and bits per second as {@code double}; a bound that does not exist is {@link
 * java.lang.Double#POSITIVE_INFINITY}.
 */
@NullMarked
package org.roadloop.network.calculus;

import org.jspecify.annotations.NullMarked;
