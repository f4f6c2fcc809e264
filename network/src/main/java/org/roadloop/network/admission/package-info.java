/**
 * Which flows the network may promise a worst-case delay (准入控制).
 *
 * <p>Events, subject = flow id:
 *
 * <pre>
 * network.admitted  {class, rateBitsPerSecond, burstBits, maxPacketBits, source, target,
 *                    deadlineNanos, path: [port], delayBoundNanos, jitterBoundNanos, method}
 * network.released  {}
 * </pre>
 */
@NullMarked
package org.roadloop.network.admission;

import org.jspecify.annotations.NullMarked;
