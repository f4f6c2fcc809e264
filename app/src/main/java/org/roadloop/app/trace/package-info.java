/** Which contract a leaked file left under (泄露追溯): the route, the verb, and how files are read. */
@NullMarked
package org.roadloop.app.trace;

import org.jspecify.annotations.NullMarked;
