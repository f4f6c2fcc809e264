/**
 * The parts of the running platform: each wires one module to the home, the configuration and the
 * API by plain constructor calls.
 */
@NullMarked
package org.roadloop.app.part;

import org.jspecify.annotations.NullMarked;
