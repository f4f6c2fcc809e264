package org.roadloop.govern.product;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.roadloop.govern.classify.Classify;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.quality.Quality;

/** The operators a plan may name (算子表), one line each. */
public final class Operators {
    /**
     * @param name as {@link Operator#name()} gives it: {@code select/1}
     * @param summary one sentence for editors
     */
    public record Entry(String name, Class<? extends Operator> type, String summary) {
        /** The name without its version. */
        public String word() {
            return name.substring(0, name.indexOf('/'));
        }
    }

    /** A word without a version means the last one here with it. */
    public static final List<Entry> ALL =
            List.of(
                    new Entry(
                            "classify/1",
                            Classify.class,
                            "Holds the declared class and grade of every column against its values."),
                    new Entry(
                            "quality/1",
                            Quality.class,
                            "Checks every row against the one before of its vehicle, and adds what is"
                                    + " wrong with it as a column of reasons."),
                    new Entry("select/1", Select.class, "Keeps these columns, in this order."),
                    new Entry("drop/1", Drop.class, "Leaves these columns out."),
                    new Entry("rename/1", Rename.class, "Gives columns other names."),
                    new Entry(
                            "where/1",
                            Where.class,
                            "Keeps the rows for which every condition holds."),
                    new Entry(
                            "pseudonym/1",
                            ProductPseudonym.class,
                            "Puts tokens of one product or contract in the place of identities."),
                    new Entry(
                            "mask/1",
                            Mask.class,
                            "Takes out positions in sensitive areas and at the ends of trips."),
                    new Entry(
                            "aggregate/1",
                            Aggregate.class,
                            "Statistics of groups of rows; groups of too few vehicles are left"
                                    + " out."));

    private Operators() {}

    /** By {@code select} or {@code select/1}. */
    static Optional<Entry> find(String word) {
        return ALL.reversed().stream()
                .filter(e -> e.name().equals(word) || e.word().equals(word))
                .findFirst();
    }

    /** Every word a plan may use. */
    static List<String> words() {
        List<String> words = new ArrayList<>();
        for (Entry entry : ALL) {
            if (!words.contains(entry.word())) {
                words.add(entry.word());
            }
            words.add(entry.name());
        }
        return words;
    }
}
