/** The connector's wire: Dataspace Protocol and access. */
@NullMarked
package org.roadloop.dataspace;

import org.jspecify.annotations.NullMarked;
