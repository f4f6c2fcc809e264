/**
 * Finds scenarios (场景) in tracks: batches of {@code track_point} rows → {@link
 * org.roadloop.apply.scenario.TrackTable} → {@link org.roadloop.apply.scenario.Frames} (10 Hz,
 * frame-major) → {@link org.roadloop.apply.scenario.PairKernel} → {@link
 * org.roadloop.apply.scenario.Detectors}.
 *
 * <p>What leaves is {@link org.roadloop.apply.scenario.MiningResult}: counts and traces in relative
 * terms. No pseudonym and no place is in it.
 */
@NullMarked
package org.roadloop.apply.scenario;

import org.jspecify.annotations.NullMarked;
