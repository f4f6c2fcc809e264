/** Questions to the lake: routes and verb (查询). */
@NullMarked
package org.roadloop.app.lake;

import org.jspecify.annotations.NullMarked;
