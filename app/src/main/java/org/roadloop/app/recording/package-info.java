/** The verb {@code collect import}: files of recordings and rows into a running platform. */
@NullMarked
package org.roadloop.app.recording;

import org.jspecify.annotations.NullMarked;
