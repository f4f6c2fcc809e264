/**
 * What is said of a product to catalogues, registries, tables and learners (产品描述): one record, and
 * views of it.
 */
@NullMarked
package org.roadloop.core.descriptor;

import org.jspecify.annotations.NullMarked;
