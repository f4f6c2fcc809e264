/** Columns of primitives in memory and the doors to the tables they come from. */
@NullMarked
package org.roadloop.core.table;

import org.jspecify.annotations.NullMarked;
