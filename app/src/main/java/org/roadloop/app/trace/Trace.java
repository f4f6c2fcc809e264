package org.roadloop.app.trace;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.contract.AgreedAssets;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.core.watermark.AgreementMarks;
import org.roadloop.core.watermark.MarkCount;
import org.roadloop.core.watermark.MarkCounter;
import org.roadloop.core.watermark.Significance;
import org.roadloop.core.watermark.WatermarkTerms;

/**
 * What a suspected file shows of the contracts of this platform (追溯结果).
 *
 * @param rows in the file
 * @param rowsTested at most {@link Batch#MAX_ROWS} of them, evenly spread
 * @param columns of the file that carry marks or name rows
 * @param agreements whose marks were looked for
 * @param found strongest first
 * @param mostCells of any one test; what the test could have seen
 */
record Trace(
        long rows,
        int rowsTested,
        List<String> columns,
        long agreements,
        Significance significance,
        List<Found> found,
        long mostCells) {
    Trace {
        columns = List.copyOf(columns);
        found = List.copyOf(found);
    }

    /** A contract whose marks no chance explains. */
    record Found(ContractBook.Contract contract, MarkCount byValue, MarkCount byRow) {
        /** The stronger of the two. */
        double log10Corrected(Significance significance) {
            return Math.min(
                    significance.log10Corrected(byValue), significance.log10Corrected(byRow));
        }
    }

    /**
     * Tests every contract with a watermark, ended ones too.
     *
     * @throws IOException if the file can't be read
     */
    static Trace of(Path file, AgreementMarks marks, AgreedAssets assets, TableSource tables)
            throws IOException {
        List<String> known = tables.tables();
        Map<String, List<AgreementMarks.Candidate>> byTable = new TreeMap<>();
        for (AgreementMarks.Candidate candidate : marks.list()) {
            table(candidate, assets)
                    .filter(known::contains)
                    .ifPresent(
                            t -> byTable.computeIfAbsent(t, k -> new ArrayList<>()).add(candidate));
        }
        long tests = 2L * byTable.values().stream().mapToLong(List::size).sum();
        Significance significance = new Significance(tests, Significance.USUAL);
        long rows = 0;
        int tested = 0;
        long most = 0;
        Set<String> columns = new LinkedHashSet<>();
        Set<String> agreements = new TreeSet<>();
        List<Found> found = new ArrayList<>();
        for (Map.Entry<String, List<AgreementMarks.Candidate>> entry : byTable.entrySet()) {
            LeakedRows leaked =
                    LeakedFile.read(file, wanted(tables.schema(entry.getKey()), entry.getValue()));
            rows = leaked.rows();
            tested = leaked.batch().rows();
            columns.addAll(present(leaked.batch()));
            for (AgreementMarks.Candidate candidate : entry.getValue()) {
                agreements.add(candidate.contract().agreement().id());
                MarkCounter counter = new MarkCounter();
                candidate.marks().count(leaked.batch(), counter);
                Found shown = new Found(candidate.contract(), counter.byValue(), counter.byRow());
                most = Math.max(most, Math.max(shown.byValue().cells(), shown.byRow().cells()));
                if (significance.accuses(shown.byValue()) || significance.accuses(shown.byRow())) {
                    found.add(shown);
                }
            }
        }
        found.sort(Comparator.comparingDouble(f -> f.log10Corrected(significance)));
        return new Trace(
                rows, tested, List.copyOf(columns), agreements.size(), significance, found, most);
    }

    /** None: nothing ever left under it, for there is no such table. */
    private static Optional<String> table(AgreementMarks.Candidate candidate, AgreedAssets assets) {
        try {
            return assets.get(candidate.contract().agreement().id()) instanceof Asset.Dataset d
                    ? Optional.of(d.table())
                    : Optional.empty();
        } catch (NoSuchElementException e) {
            return Optional.empty();
        }
    }

    private static Schema wanted(Schema table, List<AgreementMarks.Candidate> candidates) {
        Set<String> names = new LinkedHashSet<>();
        for (AgreementMarks.Candidate candidate : candidates) {
            WatermarkTerms terms = candidate.terms();
            names.addAll(terms.row());
            names.addAll(terms.tolerances().keySet());
        }
        return table.select(names.stream().filter(table::has).toList());
    }

    private static List<String> present(Batch batch) {
        List<String> present = new ArrayList<>();
        for (int c = 0; c < batch.schema().size(); c++) {
            for (int row = 0; row < batch.rows(); row++) {
                if (batch.isOk(c, row)) {
                    present.add(batch.schema().column(c).name());
                    break;
                }
            }
        }
        return present;
    }
}
