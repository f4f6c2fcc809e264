/** Finding assets (目录检索): own ones and those that other connectors offer, by text and by facet. */
@NullMarked
package org.roadloop.core.catalog;

import org.jspecify.annotations.NullMarked;
