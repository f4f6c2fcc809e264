/**
 * Governed tables: Iceberg metadata over Parquet files, without Hadoop (数据湖).
 *
 * <p>Directory of a lake:
 *
 * <pre>
 * lake.properties            format=1, root=where the metadata believes it stands
 * lock                       held by the one process that has the lake open
 * catalog.db                 SQLite, Iceberg JDBC catalogue
 * tables/T/metadata/…        Iceberg metadata and manifests, fsynced before the catalogue commit
 * tables/T/data/N.parquet    rows, fsynced before the commit that names them
 * </pre>
 *
 * <p>With a bucket {@code root} is {@code s3://BUCKET/PREFIX/}, and {@code tables/…} are objects
 * under it, put before the catalogue commit. Then there are also
 *
 * <pre>
 * lake.id                    the same as the object of this name: whose files are under the prefix
 * cache/…                    copies of objects
 * staging/…                  metadata on its way to the bucket, emptied at each start
 * </pre>
 *
 * <p>Parquet file (zstd), written by DuckDB from Arrow memory:
 *
 * <pre>
 * column of the schema       type                         field id
 * BOOL                       BOOLEAN                      that of the table's Iceberg schema
 * INT                        INT32
 * LONG                       INT64
 * FLOAT / DOUBLE             FLOAT / DOUBLE
 * TIMESTAMP_MICROS_UTC       INT64 TIMESTAMP(MICROS,true)
 * STRING                     BYTE_ARRAY STRING
 * cell_states                BYTE_ARRAY STRING, null      the same
 * key-value roadloop.schema  JSON of the columns with unit, class, grade, datum, and
 *                            with id where that is not the place from 1
 * </pre>
 *
 * <p>A cell whose state is not ok is null, and {@code cell_states} of its row says why: one letter
 * per column at the place of its field id (a place that is no column's says ok): {@code .} ok,
 * {@code a} absent, {@code i} invalid, {@code x} abnormal, {@code m} masked. A row without such
 * cells has a null there. It costs next to nothing (dictionary encoded: the same few patterns
 * repeat) and can be read in plain SQL: {@code substr(cell_states, 20, 1) = 'm'}.
 */
@NullMarked
package org.roadloop.govern.lake;

import org.jspecify.annotations.NullMarked;
