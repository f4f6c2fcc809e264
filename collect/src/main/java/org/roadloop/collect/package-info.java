/** Sockets and files to batches. */
@NullMarked
package org.roadloop.collect;

import org.jspecify.annotations.NullMarked;
