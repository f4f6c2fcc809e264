/**
 * How good the rows are (数据质量): row keys, duplicates, physics checks, the six indicators of GB/T
 * 36344-2018.
 */
@NullMarked
package org.roadloop.govern.quality;

import org.jspecify.annotations.NullMarked;
