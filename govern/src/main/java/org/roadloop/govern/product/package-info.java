/**
 * Data products (数据产品): a plan names governed input, a list of operators and what must not leave;
 * it is checked before any row is seen, tried on a sample, and run into a table with a passport.
 */
@NullMarked
package org.roadloop.govern.product;

import org.jspecify.annotations.NullMarked;
