package org.roadloop.govern.classify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.Schema;

/**
 * Guesses what each column holds and says why (分类分级). One thread.
 *
 * <p>Idea: values first. Each is held against grammars and check digits, and the share that fits is
 * held against what chance would give: one random text of 17 symbols in eleven has a right check
 * digit of a VIN, eight of ten have not. A kind whose grammar is weak (a number with decimals, five
 * digits after two letters) needs the name or the shape of the series as well: two neighbouring
 * columns in the box of one region that go on in small steps are a position whatever they are
 * called. A name alone decides only where there are no values. Only counts are kept, so the rows
 * may be any number.
 *
 * <p>What is declared of a column is not looked at: columns that are tagged already are judged
 * again.
 */
public final class Classifier {
    private final Schema schema;
    private final ColumnJudge[] judges;
    private long rows;

    public Classifier(Schema schema) {
        this(schema, Map.of());
    }

    /**
     * @param labels what columns are called at their source, by their name here; a Chinese heading
     *     for example
     */
    public Classifier(Schema schema, Map<String, String> labels) {
        this.schema = schema;
        judges = new ColumnJudge[schema.size()];
        for (int c = 0; c < judges.length; c++) {
            Column column = schema.column(c);
            judges[c] =
                    new ColumnJudge(
                            column.type(),
                            new ColumnLabel(labels.getOrDefault(column.name(), column.name())));
        }
    }

    /**
     * @param evidence for people: what share of how many values, or which name; never a value
     */
    public record Guess(String column, ValueKind kind, String evidence) {}

    /** Takes rows of a batch that follow each other; the next call need not follow this one. */
    public void add(Batch batch, int from, int to) {
        for (int c = 0; c < judges.length; c++) {
            judges[c].add(batch, c, from, to);
        }
        rows += to - from;
    }

    /** How many rows were looked at. */
    public long rows() {
        return rows;
    }

    /** A guess for each column that holds something to protect, in the order of the columns. */
    public List<Guess> guesses() {
        ColumnJudge.Verdict[] verdicts = new ColumnJudge.Verdict[judges.length];
        for (int c = 0; c < judges.length; c++) {
            verdicts[c] = judges[c].verdict();
        }
        PositionPairs.judge(judges, verdicts);
        List<Guess> guesses = new ArrayList<>();
        for (int c = 0; c < judges.length; c++) {
            ColumnJudge.Verdict verdict = verdicts[c];
            if (verdict != null) {
                guesses.add(new Guess(schema.column(c).name(), verdict.kind(), verdict.evidence()));
            }
        }
        return guesses;
    }

    /**
     * Columns whose declared class or grade is weaker than what the values say; one sentence each.
     */
    public List<String> mismatches() {
        return guesses().stream()
                .filter(g -> isWeaker(schema.column(schema.indexOf(g.column())), g))
                .map(this::mismatch)
                .toList();
    }

    /** What is wrong with the declaration of a column, in words without a value. */
    String mismatch(Guess guess) {
        Column declared = schema.column(schema.indexOf(guess.column()));
        return "column '"
                + guess.column()
                + "' is declared "
                + word(declared.dataClass())
                + ", "
                + word(declared.grade())
                + " but looks like "
                + word(guess.kind())
                + " ("
                + guess.evidence()
                + "): it should be "
                + word(guess.kind().dataClass())
                + ", "
                + word(guess.kind().grade());
    }

    /** Whether a column is declared of another class, or less than its values are. */
    static boolean isWeaker(Column declared, Guess guess) {
        return declared.dataClass() != guess.kind().dataClass()
                || declared.grade().compareTo(guess.kind().grade()) < 0;
    }

    /** {@link #guesses()} of one sample. */
    public static List<Guess> classify(Batch sample) {
        return of(sample).guesses();
    }

    /** {@link #mismatches()} of one sample. */
    public static List<String> mismatches(Batch sample) {
        return of(sample).mismatches();
    }

    private static Classifier of(Batch sample) {
        Classifier classifier = new Classifier(sample.schema());
        classifier.add(sample, 0, sample.rows());
        return classifier;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
