/**
 * The declared governance of a data set, its runs and their signed records (治理方案、合规护照).
 *
 * <p>The journey: {@link org.roadloop.govern.plan.Ingest} pulls raw batches, {@link
 * org.roadloop.govern.plan.Pipeline} governs them after a {@link org.roadloop.govern.plan.Plan},
 * the lake stores them, a {@link org.roadloop.govern.plan.Passport} says what happened.
 */
@NullMarked
package org.roadloop.govern.plan;

import org.jspecify.annotations.NullMarked;
