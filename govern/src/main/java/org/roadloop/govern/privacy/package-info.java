/**
 * Who may not be recognised, and how that is done (去标识): keyed pseudonyms, sensitive areas, trip
 * ends.
 */
@NullMarked
package org.roadloop.govern.privacy;

import org.jspecify.annotations.NullMarked;
