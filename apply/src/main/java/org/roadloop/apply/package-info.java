/** Scenarios, certificates, alarms. */
@NullMarked
package org.roadloop.apply;

import org.jspecify.annotations.NullMarked;
