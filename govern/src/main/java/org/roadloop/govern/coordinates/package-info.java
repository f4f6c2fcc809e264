/**
 * The datums of positions (坐标系): tagged on columns, converted for display and for joining maps. A
 * conversion is a known formula that anybody can invert; it hides nothing.
 */
@NullMarked
package org.roadloop.govern.coordinates;

import org.jspecify.annotations.NullMarked;
