/** Who a participant is: DIDs, keys, signatures (身份). */
@NullMarked
package org.roadloop.core.identity;

import org.jspecify.annotations.NullMarked;
