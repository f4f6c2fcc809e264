/** The frame of the command line: verbs, exit codes, nearest words, the progress line. */
@NullMarked
package org.roadloop.app.cli;

import org.jspecify.annotations.NullMarked;
