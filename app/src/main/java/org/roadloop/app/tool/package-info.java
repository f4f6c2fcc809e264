/** Verbs that only compute: they run in process, also inside a task's sandbox. */
@NullMarked
package org.roadloop.app.tool;

import org.jspecify.annotations.NullMarked;
