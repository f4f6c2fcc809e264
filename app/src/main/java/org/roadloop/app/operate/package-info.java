/** What an operator does (运维): doctor, backup, restore, keys, tokens, verify. */
@NullMarked
package org.roadloop.app.operate;

import org.jspecify.annotations.NullMarked;
