/** {@code roadloop.yaml} (平台配置) read into records; every fault is named with its line. */
@NullMarked
package org.roadloop.app.config;

import org.jspecify.annotations.NullMarked;
