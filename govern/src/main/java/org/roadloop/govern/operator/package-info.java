/**
 * What every operator of governance is, and what it is given (治理算子). Nothing here knows a plan: the
 * packages of the operators stand above this one, and those of plans above them.
 */
@NullMarked
package org.roadloop.govern.operator;

import org.jspecify.annotations.NullMarked;
