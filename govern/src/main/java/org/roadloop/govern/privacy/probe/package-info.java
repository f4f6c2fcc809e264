/**
 * Looks for seeded secrets, in many encodings, in whatever leaves (泄漏探针): {@link
 * org.roadloop.govern.privacy.probe.Secret} makes them, {@link
 * org.roadloop.govern.privacy.probe.Encoding} writes them, {@link
 * org.roadloop.govern.privacy.probe.PatternSearch} finds all of them in one pass over the bytes.
 */
@NullMarked
package org.roadloop.govern.privacy.probe;

import org.jspecify.annotations.NullMarked;
