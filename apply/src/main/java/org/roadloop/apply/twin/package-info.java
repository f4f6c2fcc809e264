/**
 * The built-in town (数字孪生): a seeded micro-simulation of cars on a grid of signalled junctions,
 * independent of outside simulators.
 *
 * <p>Car following: Treiber, Hennecke, Helbing, Congested traffic states in empirical observations
 * and microscopic simulations, Phys. Rev. E 62 (2000), equations 2 and 3 (IDM). Lane changes:
 * Kesting, Treiber, Helbing, General lane-changing model MOBIL, Transp. Res. Record 1999 (2007).
 */
@NullMarked
package org.roadloop.apply.twin;

import org.jspecify.annotations.NullMarked;
