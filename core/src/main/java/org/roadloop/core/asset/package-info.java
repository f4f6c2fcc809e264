/** What is offered: data, models, applications, compute (资产). */
@NullMarked
package org.roadloop.core.asset;

import org.jspecify.annotations.NullMarked;
