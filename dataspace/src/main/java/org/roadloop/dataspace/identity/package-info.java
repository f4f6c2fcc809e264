/** Who calls: tokens between connectors and the keys behind them (接入认证). */
@NullMarked
package org.roadloop.dataspace.identity;

import org.jspecify.annotations.NullMarked;
