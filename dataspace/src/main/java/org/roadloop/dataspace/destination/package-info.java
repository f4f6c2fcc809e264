/** Where we connect to when others say where (出站连接): the address that was checked, no other. */
@NullMarked
package org.roadloop.dataspace.destination;

import org.jspecify.annotations.NullMarked;
