/**
 * The state directory (状态目录) of one platform: one writer, private to its user.
 *
 * <pre>
 * file or folder   content                                              mode
 * format           "roadloop-home N\n", N = 1: version of this layout   0600
 * lock             "PID\n" of the writer, locked while it runs          0600
 * admin.token      bearer token of the operator, one line               0600
 * server.json      {url, pid, startedAt} while a server runs            0600
 * roadloop.yaml    configuration, comments kept                         0600
 * tokens.json      hashes of the tokens that were made                  0600
 * registers.jsonl  registered vehicles, junctions and units, one a line   0600
 * maps.hex         the last map heard of each junction                     0600
 * lineage.jsonl    OpenLineage events, one a line                       0600
 * subjects/        counters of subjects whose data went abroad          0700
 * plans/           governance plans of the operator, if any             0700
 * keys/            keystore                                             0700
 * secrets/         one file a secret, named by the configuration        0700
 * ledger/          C2SP tlog-tiles log                                  0700
 * framelog/        encrypted raw frames                                 0700
 * lake/            Iceberg catalogue and Parquet files                  0700
 * tasks/           one folder a task                                    0700
 * inputs/          files that plans of products may name                0700
 * tmp/             emptied at every start, never backed up              0700
 * </pre>
 */
@NullMarked
package org.roadloop.app.home;

import org.jspecify.annotations.NullMarked;
