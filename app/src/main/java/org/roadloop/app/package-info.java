/** The deployable: wiring, command line, API, demo. */
@NullMarked
package org.roadloop.app;

import org.jspecify.annotations.NullMarked;
