package org.roadloop.dataspace.access;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableExport;
import org.roadloop.core.table.TableFeed;
import org.roadloop.core.table.TableSource;
import org.roadloop.core.watermark.AgreementMarks;
import org.roadloop.core.watermark.ContractMarks;

/**
 * Tables whose rows carry the watermark of the contract they leave under (加水印的出库), if the contract
 * has one: what {@link Releases} reads from, so that pull, push and stream agree. Marks come last,
 * after masks and pseudonyms. Any thread.
 */
public final class MarkedTables implements TableExport, TableFeed {
    private final TableExport export;
    private final TableFeed feed;
    private final AgreementMarks marks;

    public MarkedTables(TableExport export, TableFeed feed, AgreementMarks marks) {
        this.export = export;
        this.feed = feed;
        this.marks = marks;
    }

    @Override
    public Export export(
            String table,
            long snapshot,
            List<String> columns,
            String agreementId,
            Path directory,
            Consumer<Batch> last) {
        Consumer<Batch> mark = marking(agreementId);
        return export.export(table, snapshot, columns, agreementId, directory, mark.andThen(last));
    }

    @Override
    public TableSource.Scan openReleased(
            String table, long after, long upTo, List<String> columns, String agreementId) {
        Consumer<Batch> mark = marking(agreementId);
        TableSource.Scan scan = feed.openReleased(table, after, upTo, columns, agreementId);
        return new TableSource.Scan() {
            @Override
            public Schema schema() {
                return scan.schema();
            }

            @Override
            public long snapshot() {
                return scan.snapshot();
            }

            @Override
            public @Nullable Batch next() {
                Batch batch = scan.next();
                if (batch != null) {
                    mark.accept(batch);
                }
                return batch;
            }

            @Override
            public void close() {
                scan.close();
            }
        };
    }

    /** Rows whose contract asks for a watermark that can't be put in do not leave. */
    private Consumer<Batch> marking(String agreementId) {
        try {
            ContractMarks found = marks.find(agreementId).orElse(null);
            return found == null ? batch -> {} : batch -> mark(found, batch);
        } catch (IllegalArgumentException e) {
            throw unsuited(e);
        }
    }

    private static void mark(ContractMarks marks, Batch batch) {
        try {
            marks.terms().check(batch.schema());
        } catch (IllegalArgumentException e) {
            throw unsuited(e);
        }
        marks.mark(batch);
    }

    private static AccessProblem unsuited(IllegalArgumentException e) {
        return new AccessProblem(409, "watermark_unsuited", String.valueOf(e.getMessage()));
    }

    @Override
    public long currentSnapshot(String table) {
        return feed.currentSnapshot(table);
    }

    @Override
    public Runnable onCommit(Consumer<String> run) {
        return feed.onCommit(run);
    }
}
