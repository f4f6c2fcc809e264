/**
 * An outside GA4GH TES 1.1 server as a site (外部 TES 站点). A run is one task there, found again by
 * its tag {@code roadloop_key}.
 */
@NullMarked
package org.roadloop.compute.site.tes;

import org.jspecify.annotations.NullMarked;
