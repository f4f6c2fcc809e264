/** Tasks, placement, sites. */
@NullMarked
package org.roadloop.compute;

import org.jspecify.annotations.NullMarked;
