package org.roadloop.app.part;

import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.roadloop.app.catalog.ProductRecords;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.plan.Passport;

/** What descriptors tell about tables, where the tables are here (表的描述信息). Any thread. */
final class GovernedTables implements ProductRecords.Tables {
    private final GovernPart govern;

    GovernedTables(GovernPart govern) {
        this.govern = govern;
    }

    @Override
    public List<Column> released(String table) {
        if (!govern.isRunning()) {
            return List.of();
        }
        try {
            return govern.released(table).columns();
        } catch (NoSuchElementException e) {
            // not of an ingest plan: a product, all of whose columns leave
            return govern.lake().tables().contains(table)
                    ? govern.lake().schema(table).columns()
                    : List.of();
        }
    }

    @Override
    public Map<String, Double> indicators(String table) {
        return govern.isRunning() ? govern.indicators(table) : Map.of();
    }

    @Override
    public Optional<String> passportSha256(String table, long snapshot) {
        if (!govern.isRunning() || !govern.lake().tables().contains(table)) {
            return Optional.empty();
        }
        long at = snapshot == TableSource.LATEST ? govern.lake().currentSnapshot(table) : snapshot;
        return at == TableSource.LATEST
                ? Optional.empty()
                : Optional.ofNullable(govern.lake().summary(table, at).get(Passport.SUMMARY_KEY));
    }
}
