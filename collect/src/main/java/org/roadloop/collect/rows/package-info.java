/**
 * Files of rows into raw tables (行数据导入): CSV, JSON, MCAP and, through {@link
 * org.roadloop.collect.rows.RowFile}, whatever else has rows. A {@link
 * org.roadloop.collect.rows.Mapping} says which source column becomes which column of a {@link
 * org.roadloop.collect.rows.RowTable}; a mapped row is a JSON object of that table's columns.
 * {@link org.roadloop.collect.rows.RowLog} takes such objects into the frame log, one record each,
 * and from there they go the way of every message: decoded, governed by the table's plan, stored
 * once.
 *
 * <p>A record of the log, of one of the sources of {@code RowTable}, is the object as UTF-8:
 *
 * <pre>
 * {"vehicle":"…","at":1533270495580034,"sensor":"accel","acceleration_x_mps2":1.0743713}
 * </pre>
 *
 * Times are microseconds since 1970 UTC; an absent member is an absent cell.
 */
@NullMarked
package org.roadloop.collect.rows;

import org.jspecify.annotations.NullMarked;
