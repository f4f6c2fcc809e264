/** Metered usage to bills, in integer money (计量、清算). */
@NullMarked
package org.roadloop.core.clearing;

import org.jspecify.annotations.NullMarked;
