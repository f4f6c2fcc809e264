/** Figures, side by side with peers. */
@NullMarked
package org.roadloop.bench;

import org.jspecify.annotations.NullMarked;
