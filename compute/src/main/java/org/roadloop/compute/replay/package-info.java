/**
 * Sites that run nothing: recorded jobs pass through them in virtual time (回放站点), so that a month
 * of decisions is seen in seconds.
 */
@NullMarked
package org.roadloop.compute.replay;

import org.jspecify.annotations.NullMarked;
