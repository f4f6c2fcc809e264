/** What a column holds, judged by its values first and its name second (分类分级). */
@NullMarked
package org.roadloop.govern.classify;

import org.jspecify.annotations.NullMarked;
