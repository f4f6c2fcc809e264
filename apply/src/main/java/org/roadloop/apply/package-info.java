/** Scenarios, certificates, alarms, and the town they are tried in; see the packages below. */
@NullMarked
package org.roadloop.apply;

import org.jspecify.annotations.NullMarked;
