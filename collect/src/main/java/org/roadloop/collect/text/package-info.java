/**
 * Messages as text (报文解析): the binary messages of a protocol as JSON objects and back, for people
 * and scripts. What is fast and in place is in the packages of the protocols; here every message
 * costs an object.
 *
 * <p>Input is binary, or hex lines: one input per line, pairs of hex digits with optional spaces
 * and an optional {@code 0x} in front; empty lines and lines that start with {@code #} are skipped.
 */
@NullMarked
package org.roadloop.collect.text;

import org.jspecify.annotations.NullMarked;
