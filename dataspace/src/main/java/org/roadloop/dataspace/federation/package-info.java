/**
 * Catalogues of other connectors, read again and again, so that one search finds what the whole
 * space offers (联邦目录).
 */
@NullMarked
package org.roadloop.dataspace.federation;

import org.jspecify.annotations.NullMarked;
