/** Where data came from and went to, in the shape of OpenLineage (数据血缘). */
@NullMarked
package org.roadloop.govern.lineage;

import org.jspecify.annotations.NullMarked;
