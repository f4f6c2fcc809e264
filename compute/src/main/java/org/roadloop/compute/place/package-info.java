/** Which node of a cluster takes a task that asks for cards or parts of one (集群内放置). */
@NullMarked
package org.roadloop.compute.place;

import org.jspecify.annotations.NullMarked;
