/** Plans of data products on the command line, and what is shown of them (产品治理). */
@NullMarked
package org.roadloop.app.product;

import org.jspecify.annotations.NullMarked;
