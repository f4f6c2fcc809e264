/**
 * Rows of several sources brought to one clock, one grid of time, one map and one view (时空对齐):
 * operators of plans, and the road networks they match to. Nothing here knows a plan.
 */
@NullMarked
package org.roadloop.govern.align;

import org.jspecify.annotations.NullMarked;
