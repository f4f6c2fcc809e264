package org.roadloop.govern.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.LogPosition;
import org.roadloop.core.table.Schema;

/** A commit whose answer is lost is looked up, and not made twice. */
@Tag("slow")
class TableWriterTest {
    private static final TableIdentifier ID = TableIdentifier.of("roadloop", "t");
    private static final LogPosition UP_TO = new LogPosition(0, 64);

    @TempDir Path root;

    /** A real catalogue whose disk can't be read for a while. */
    private static final class LosingCatalog extends JdbcCatalog {
        private int loadsLeft = Integer.MAX_VALUE;

        LosingCatalog(DurableFileIO files) {
            super(properties -> files, null, true);
        }

        @Override
        public Table loadTable(TableIdentifier id) {
            if (loadsLeft-- <= 0) {
                throw new UncheckedIOException(new IOException("Input/output error"));
            }
            return super.loadTable(id);
        }
    }

    @Test
    void aCommitThatIsInIsNotMadeAgain() throws Exception {
        Path directory = Files.createDirectories(root.resolve("tables/t"));
        Path data = Files.createDirectories(directory.resolve("data"));
        DurableFileIO files = new DurableFileIO(root, root);
        Schema schema = schema();
        try (LosingCatalog catalog = new LosingCatalog(files);
                Engine engine = new Engine(new LakeSettings(64, 1), root);
                Batch batch = new Batch(schema, 3)) {
            catalog.initialize(
                    "roadloop",
                    Map.of(
                            "uri",
                            "jdbc:sqlite:" + root.resolve("catalog.db"),
                            "clients",
                            "1",
                            "jdbc.schema-version",
                            "V1",
                            "warehouse",
                            root.resolve("tables").toString()));
            catalog.createNamespace(Namespace.of("roadloop"));
            catalog.buildTable(ID, SchemaJson.iceberg(schema))
                    .withLocation(directory.toString())
                    .create();
            files.keepMade(directory);
            for (long value = 0; value < 3; value++) {
                batch.set(0, batch.addRow(), value);
            }
            TableWriter writer = new TableWriter(catalog, files, engine);
            List<Lake.Written> written =
                    List.of(writer.write("t", TableFields.placed(schema), List.of(batch), data));

            // Loaded before the commit; the load after it, when all is in, fails.
            catalog.loadsLeft = 1;
            assertThatThrownBy(() -> writer.commit(ID, directory, written, UP_TO, Map.of()))
                    .satisfies(e -> assertThat(DiskFault.is(e)).isTrue());
            catalog.loadsLeft = Integer.MAX_VALUE;
            Table table = writer.commit(ID, directory, written, UP_TO, Map.of());

            assertThat(TableWriter.position(table)).isEqualTo(UP_TO);
            assertThat(table.snapshots()).as("one snapshot").hasSize(1);
            assertThat(table.currentSnapshot().summary()).containsEntry("total-records", "3");
            try (var tasks = table.newScan().planFiles()) {
                assertThat(tasks).as("its manifests are there").hasSize(1);
            }

            // The next one is a new commit, with the same position or another.
            List<Lake.Written> more =
                    List.of(writer.write("t", TableFields.placed(schema), List.of(batch), data));
            assertThat(writer.commit(ID, directory, more, UP_TO, Map.of()).snapshots()).hasSize(2);
        }
    }

    private static Schema schema() {
        return Schema.of(Column.of("n", ColumnType.LONG, "", DataClass.LINEAGE, Grade.GENERAL));
    }
}
