/**
 * Compute on offer: what sites are, what they would ask, how was decided (算力市场), and the task
 * verbs.
 */
@NullMarked
package org.roadloop.app.market;

import org.jspecify.annotations.NullMarked;
