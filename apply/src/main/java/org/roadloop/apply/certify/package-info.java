/**
 * Verdicts on controllers (认证): the reference drivers of UN Regulation 157 as published tables of
 * them show, and a controller under test against the careful and competent human driver, case by
 * case.
 *
 * <p>The reference drivers keep the arithmetic of those tables on purpose (divisions by 10, running
 * sums, order of operations): their flags depend on roundings. Do not tidy it.
 */
@NullMarked
package org.roadloop.apply.certify;

import org.jspecify.annotations.NullMarked;
