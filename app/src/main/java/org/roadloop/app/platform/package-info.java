/** The running platform (平台): its parts, in order, and the context they share. */
@NullMarked
package org.roadloop.app.platform;

import org.jspecify.annotations.NullMarked;
