package org.roadloop.bench;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.govern.classify.Classifier;

/** How many labelled columns the classifier names right, against names alone (分类器). */
final class ClassifierFigures {
    private static final int COLUMNS = 2_400;
    private static final int ROUNDS = 3;

    private ClassifierFigures() {}

    /**
     * Right and wrong answers.
     *
     * @param missed columns with something to protect that were given no kind at all
     */
    record Score(int right, int wrong, int absent, int missed, List<String> errors) {
        double precision() {
            return right / (double) (right + wrong);
        }

        double recall() {
            return right / (double) (right + absent);
        }

        double f1() {
            return 2 * precision() * recall() / (precision() + recall());
        }
    }

    /** Nothing of a classification is without allocation: NaN. */
    static double measure(long seed, Figures figures) {
        List<LabelledColumns.Table> tables = LabelledColumns.tables(seed, COLUMNS);
        Score score = score(tables, ClassifierFigures::classified);
        Score names = score(tables, ClassifierFigures::named);
        figures.add("classifier.columns", columns(tables), "columns");
        figures.add("classifier.f1", score.f1(), "");
        figures.add("classifier.precision", score.precision(), "");
        figures.add("classifier.recall", score.recall(), "");
        figures.add("classifier.missed_sensitive", score.missed(), "columns");
        figures.add("classifier.names_only_f1", names.f1(), "");
        figures.add("classifier.names_only_missed", names.missed(), "columns");
        figures.add("classifier.rows_per_cpu_second", rowsPerCpuSecond(tables), "rows/s");
        return Double.NaN;
    }

    private static int columns(List<LabelledColumns.Table> tables) {
        return tables.stream().mapToInt(t -> t.kinds().size()).sum();
    }

    /** Gives the kind of each column of a table, by its name. */
    interface Judge {
        Map<String, String> judge(LabelledColumns.Table table);
    }

    static Score score(List<LabelledColumns.Table> tables, Judge judge) {
        int right = 0;
        int wrong = 0;
        int absent = 0;
        int missed = 0;
        List<String> errors = new java.util.ArrayList<>();
        for (LabelledColumns.Table table : tables) {
            Map<String, String> found = judge.judge(table);
            for (Map.Entry<String, String> column : table.kinds().entrySet()) {
                String truth = column.getValue();
                @Nullable String guess = found.get(column.getKey());
                boolean same = truth.equals(guess);
                right += same ? 1 : 0;
                wrong += guess != null && !same ? 1 : 0;
                absent += !truth.isEmpty() && !same ? 1 : 0;
                missed += !truth.isEmpty() && guess == null ? 1 : 0;
                if (guess != null ? !same : !truth.isEmpty()) {
                    errors.add(
                            table.labels().get(column.getKey())
                                    + " is '"
                                    + truth
                                    + "', found "
                                    + guess);
                }
            }
        }
        return new Score(right, wrong, absent, missed, errors);
    }

    static Map<String, String> classified(LabelledColumns.Table table) {
        Classifier classifier = new Classifier(table.rows().schema(), table.labels());
        classifier.add(table.rows(), 0, table.rows().rows());
        Map<String, String> found = new TreeMap<>();
        classifier.guesses().forEach(g -> found.put(g.column(), g.kind().name()));
        return found;
    }

    /** What a look at the headings alone would say. */
    static Map<String, String> named(LabelledColumns.Table table) {
        Map<String, String> words =
                Map.ofEntries(
                        Map.entry("vin", "VIN"),
                        Map.entry("车架", "VIN"),
                        Map.entry("plate", "PLATE"),
                        Map.entry("车牌", "PLATE"),
                        Map.entry("phone", "PHONE"),
                        Map.entry("mobile", "PHONE"),
                        Map.entry("手机", "PHONE"),
                        Map.entry("id_card", "ID_CARD"),
                        Map.entry("身份证", "ID_CARD"),
                        Map.entry("card", "BANK_CARD"),
                        Map.entry("银行卡", "BANK_CARD"),
                        Map.entry("imei", "IMEI"),
                        Map.entry("iccid", "ICCID"),
                        Map.entry("mac", "MAC"),
                        Map.entry("mail", "EMAIL"),
                        Map.entry("邮箱", "EMAIL"),
                        Map.entry("name", "PERSON_NAME"),
                        Map.entry("姓名", "PERSON_NAME"),
                        Map.entry("address", "ADDRESS"),
                        Map.entry("地址", "ADDRESS"),
                        Map.entry("lon", "LONGITUDE"),
                        Map.entry("lng", "LONGITUDE"),
                        Map.entry("经度", "LONGITUDE"),
                        Map.entry("lat", "LATITUDE"),
                        Map.entry("纬度", "LATITUDE"),
                        Map.entry("location", "POSITION_TEXT"),
                        Map.entry("gps", "POSITION_TEXT"));
        Map<String, String> found = new TreeMap<>();
        table.labels()
                .forEach(
                        (column, label) ->
                                words.entrySet().stream()
                                        .filter(
                                                w ->
                                                        label.toLowerCase(Locale.ROOT)
                                                                .contains(w.getKey()))
                                        .map(Map.Entry::getValue)
                                        .sorted()
                                        .findFirst()
                                        .ifPresent(kind -> found.put(column, kind)));
        return found;
    }

    /** Rows of some ten columns looked at whole, on one thread; the best of some rounds. */
    private static double rowsPerCpuSecond(List<LabelledColumns.Table> tables) {
        double best = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            long rows = 0;
            for (LabelledColumns.Table table : tables) {
                rows += classified(table).isEmpty() ? 0 : table.rows().rows();
            }
            long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began;
            best = Math.max(best, rows / (nanos / 1e9));
        }
        return best;
    }
}
