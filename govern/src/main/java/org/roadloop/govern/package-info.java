/** Batch to batch to table. */
@NullMarked
package org.roadloop.govern;

import org.jspecify.annotations.NullMarked;
