/** Access to data under a started transfer: tokens, pull (数据访问). */
@NullMarked
package org.roadloop.dataspace.access;

import org.jspecify.annotations.NullMarked;
