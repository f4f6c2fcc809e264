/**
 * The demo: one machine, two participants as processes, the whole loop once. It uses the platform
 * only through its sockets and its API, as any outside user would.
 */
@NullMarked
package org.roadloop.app.demo;

import org.jspecify.annotations.NullMarked;
