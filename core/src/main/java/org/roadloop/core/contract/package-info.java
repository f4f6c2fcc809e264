/** From offer to contract, and every use under it (数字合约). */
@NullMarked
package org.roadloop.core.contract;

import org.jspecify.annotations.NullMarked;
