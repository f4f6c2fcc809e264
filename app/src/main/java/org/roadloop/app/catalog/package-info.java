/** The catalogue as its users see it (目录服务): publish, withdraw, search, be told of changes. */
@NullMarked
package org.roadloop.app.catalog;

import org.jspecify.annotations.NullMarked;
