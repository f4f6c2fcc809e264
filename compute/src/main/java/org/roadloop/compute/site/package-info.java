/** Where tasks run, and what keeps them in (算力站点、沙箱). */
@NullMarked
package org.roadloop.compute.site;

import org.jspecify.annotations.NullMarked;
