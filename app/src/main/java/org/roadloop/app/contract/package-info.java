/** Negotiations, contracts and templates as people see them (合约接口). */
@NullMarked
package org.roadloop.app.contract;

import org.jspecify.annotations.NullMarked;
