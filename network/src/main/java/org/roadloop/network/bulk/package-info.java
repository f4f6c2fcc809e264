/** Moves large files at the rate that was booked, with proof of every chunk (大文件搬运). */
@NullMarked
package org.roadloop.network.bulk;

import org.jspecify.annotations.NullMarked;
