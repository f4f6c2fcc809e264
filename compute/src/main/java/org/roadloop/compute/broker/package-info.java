/** Which site runs a task, for how much and by when (调度). */
@NullMarked
package org.roadloop.compute.broker;

import org.jspecify.annotations.NullMarked;
