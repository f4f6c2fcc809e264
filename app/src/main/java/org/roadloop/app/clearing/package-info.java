/**
 * What two participants settle with each other (对账、结算): each one's own meter, signed statements
 * with proofs, disputes, bills as pages.
 */
@NullMarked
package org.roadloop.app.clearing;

import org.jspecify.annotations.NullMarked;
