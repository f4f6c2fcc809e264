/** In which order the jobs of a queue start, and which may go before their turn (回填调度). */
@NullMarked
package org.roadloop.compute.backfill;

import org.jspecify.annotations.NullMarked;
