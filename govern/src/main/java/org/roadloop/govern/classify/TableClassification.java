package org.roadloop.govern.classify;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;

/**
 * What a table is declared to hold, what its values say, and its grade as a whole (分类分级结果).
 *
 * @param rows that were looked at
 * @param subjects distinct identities in the whole table, 0 if it has no identity column
 * @param columns in the table's order
 * @param grade of the table, with what raised it
 */
public record TableClassification(
        long snapshot, long rows, long subjects, List<Labelled> columns, TableGrade grade) {
    /** Rows whose values are looked at. */
    public static final int MOST_ROWS = 100_000;

    /**
     * A column beside what its values say.
     *
     * @param leaf of the class tree of vehicle data
     * @param guess null if nothing in it wants protection
     * @param weaker whether the declaration says less than the values do
     */
    public record Labelled(
            Column declared,
            VehicleDataLeaf leaf,
            Classifier.@Nullable Guess guess,
            boolean weaker) {}

    public TableClassification {
        columns = List.copyOf(columns);
    }

    /** Columns that are declared weaker than their values say, by name. */
    public Set<String> mismatches() {
        return columns.stream()
                .filter(Labelled::weaker)
                .map(column -> column.declared().name())
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * @param columns that are judged, with their labels
     * @param identity column that is counted; empty if there is none
     */
    public static TableClassification of(
            TableSource source, String table, long snapshot, Schema columns, String identity) {
        Classifier classifier = new Classifier(columns);
        List<String> names = columns.columns().stream().map(Column::name).toList();
        try (TableSource.Scan scan = source.open(table, snapshot, names, Filter.ALL)) {
            while (classifier.rows() < MOST_ROWS) {
                try (Batch batch = scan.next()) {
                    if (batch == null) {
                        break;
                    }
                    long left = MOST_ROWS - classifier.rows();
                    classifier.add(batch, 0, (int) Math.min(batch.rows(), left));
                }
            }
        }
        long subjects = identity.isEmpty() ? 0 : subjects(source, table, snapshot, identity);
        Map<String, Classifier.Guess> guesses =
                classifier.guesses().stream()
                        .collect(Collectors.toMap(Classifier.Guess::column, guess -> guess));
        List<Labelled> labelled = new ArrayList<>();
        for (Column column : columns.columns()) {
            Classifier.@Nullable Guess guess = guesses.get(column.name());
            boolean pseudonym =
                    column.name().equals(identity) && column.dataClass() == DataClass.IDENTITY;
            labelled.add(
                    new Labelled(
                            column,
                            VehicleDataLeaf.of(column.dataClass()),
                            guess,
                            guess != null && !pseudonym && Classifier.isWeaker(column, guess)));
        }
        return new TableClassification(
                snapshot,
                classifier.rows(),
                subjects,
                labelled,
                TableGrade.of(
                        columns, subjects, ImportantData.of(columns, Map.of(), false, false)));
    }

    /** Under a key that nobody keeps. */
    private static long subjects(TableSource source, String table, long snapshot, String identity) {
        byte[] key = new byte[32];
        new SecureRandom().nextBytes(key);
        try (TableSource.Scan scan = source.open(table, snapshot, List.of(identity), Filter.ALL)) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return SubjectLedger.subjects(scan, identity, mac).length;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks HmacSHA256", e);
        }
    }
}
