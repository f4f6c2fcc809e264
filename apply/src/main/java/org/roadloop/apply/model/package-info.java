/** Small models that are fitted to governed rows and served (模型). */
@NullMarked
package org.roadloop.apply.model;

import org.jspecify.annotations.NullMarked;
