/** ODRL usage policies and their evaluation (使用策略). */
@NullMarked
package org.roadloop.core.policy;

import org.jspecify.annotations.NullMarked;
