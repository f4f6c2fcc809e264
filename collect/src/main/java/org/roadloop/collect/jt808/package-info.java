@NullMarked
package org.roadloop.collect.jt808;

import org.jspecify.annotations.NullMarked;
