package org.roadloop.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.privacy.Hierarchy;

/*
 * The table "Adult" of the UCI repository (1994 census, rows without gaps: 30,162) in its shape:
 * nine columns that could single out a person, their values with about the shares they have there,
 * drawn independently but for age with marital status and education with occupation and salary.
 * Hierarchies have the depths that are in common use with it (5, 2, 2, 3, 4, 3, 3, 3, 2 levels,
 * 12,960 nodes).
 */

/** Rows of the shape of a public census table (Adult). */
final class AdultRows {
    static final int ROWS = 30_162;

    private static final String[] NAMES = {
        "sex",
        "age",
        "race",
        "marital_status",
        "education",
        "native_country",
        "workclass",
        "occupation",
        "salary"
    };

    private final List<String[]> rows = new ArrayList<>();
    private final Map<String, Hierarchy> hierarchies = new LinkedHashMap<>();

    /** Values with their counts in the public table and the groups above them. */
    private record Value(String text, int count, List<String> groups) {}

    AdultRows(int count, long seed) {
        List<Value> sex = values("Male 20380", "Female 9782");
        List<Value> race =
                values(
                        "White 25933",
                        "Black 2817",
                        "Asian-Pac-Islander 895",
                        "Amer-Indian-Eskimo 286",
                        "Other 231");
        List<Value> marital =
                values(
                        "Married-civ-spouse 14065 spouse-present",
                        "Never-married 9726 spouse-not-present",
                        "Divorced 4214 spouse-not-present",
                        "Separated 939 spouse-not-present",
                        "Widowed 827 spouse-not-present",
                        "Married-spouse-absent 370 spouse-not-present",
                        "Married-AF-spouse 21 spouse-present");
        List<Value> education =
                values(
                        "HS-grad 9840 high-school secondary",
                        "Some-college 6678 undergraduate higher",
                        "Bachelors 5044 undergraduate higher",
                        "Masters 1627 graduate higher",
                        "Assoc-voc 1307 professional higher",
                        "11th 1048 high-school secondary",
                        "Assoc-acdm 1008 professional higher",
                        "10th 820 high-school secondary",
                        "7th-8th 557 high-school secondary",
                        "Prof-school 542 professional higher",
                        "9th 455 high-school secondary",
                        "12th 377 high-school secondary",
                        "Doctorate 375 graduate higher",
                        "5th-6th 288 primary primary",
                        "1st-4th 151 primary primary",
                        "Preschool 45 primary primary");
        List<Value> country =
                values(
                        "United-States 27504 north-america",
                        "Mexico 610 north-america",
                        "Philippines 188 asia",
                        "Germany 128 europe",
                        "Puerto-Rico 109 north-america",
                        "Canada 107 north-america",
                        "El-Salvador 100 north-america",
                        "India 100 asia",
                        "Cuba 92 north-america",
                        "England 86 europe",
                        "Jamaica 80 north-america",
                        "South 71 unknown",
                        "Italy 68 europe",
                        "China 68 asia",
                        "Dominican-Republic 67 north-america",
                        "Vietnam 64 asia",
                        "Guatemala 63 north-america",
                        "Japan 59 asia",
                        "Columbia 56 south-america",
                        "Poland 56 europe",
                        "Iran 42 asia",
                        "Taiwan 42 asia",
                        "Haiti 42 north-america",
                        "Portugal 34 europe",
                        "Nicaragua 33 north-america",
                        "Peru 30 south-america",
                        "Greece 29 europe",
                        "France 27 europe",
                        "Ecuador 27 south-america",
                        "Ireland 24 europe",
                        "Hong 19 asia",
                        "Cambodia 18 asia",
                        "Trinadad&Tobago 18 south-america",
                        "Laos 17 asia",
                        "Thailand 17 asia",
                        "Yugoslavia 16 europe",
                        "Outlying-US 14 north-america",
                        "Hungary 13 europe",
                        "Honduras 12 north-america",
                        "Scotland 11 europe",
                        "Holand-Netherlands 1 europe");
        List<Value> work =
                values(
                        "Private 22286 non-government",
                        "Self-emp-not-inc 2499 non-government",
                        "Local-gov 2067 government",
                        "State-gov 1279 government",
                        "Self-emp-inc 1074 non-government",
                        "Federal-gov 943 government",
                        "Without-pay 14 unemployed");
        List<Value> occupation =
                values(
                        "Prof-specialty 4038 technical",
                        "Craft-repair 4030 technical",
                        "Exec-managerial 3992 nontechnical",
                        "Adm-clerical 3721 other",
                        "Sales 3584 nontechnical",
                        "Other-service 3212 other",
                        "Machine-op-inspct 1966 technical",
                        "Transport-moving 1572 other",
                        "Handlers-cleaners 1350 nontechnical",
                        "Farming-fishing 989 other",
                        "Tech-support 912 technical",
                        "Protective-serv 644 other",
                        "Priv-house-serv 143 other",
                        "Armed-Forces 9 other");
        List<Value> salary = values("<=50K 22654", ">50K 7508");
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            String status = draw(marital, random);
            int age = age(status, random);
            String school = draw(education, random);
            boolean learned = school.matches("Bachelors|Masters|Doctorate|Prof-school");
            String trade = draw(occupation, random);
            if (learned && random.nextInt(2) == 0) {
                trade = "Prof-specialty";
            }
            String pay = learned && random.nextInt(3) == 0 ? ">50K" : draw(salary, random);
            rows.add(
                    new String[] {
                        draw(sex, random),
                        Integer.toString(age),
                        draw(race, random),
                        status,
                        school,
                        draw(country, random),
                        draw(work, random),
                        trade,
                        pay
                    });
        }
        hierarchies.put("sex", hierarchy(sex));
        hierarchies.put("age", Hierarchy.ofWidths(5.0, 10.0, 20.0));
        hierarchies.put("race", hierarchy(race));
        hierarchies.put("marital_status", hierarchy(marital));
        hierarchies.put("education", hierarchy(education));
        hierarchies.put("native_country", hierarchy(country));
        hierarchies.put("workclass", hierarchy(work));
        hierarchies.put("occupation", hierarchy(occupation));
        hierarchies.put("salary", hierarchy(salary));
    }

    /** The first columns in the order sex, age, race, …. */
    Map<String, Hierarchy> hierarchies(int columns) {
        Map<String, Hierarchy> first = new LinkedHashMap<>();
        for (int c = 0; c < columns; c++) {
            Hierarchy hierarchy = hierarchies.get(NAMES[c]);
            if (hierarchy != null) {
                first.put(NAMES[c], hierarchy);
            }
        }
        return first;
    }

    List<String[]> rows() {
        return rows;
    }

    static Schema schema() {
        List<Column> columns = new ArrayList<>();
        for (String name : NAMES) {
            columns.add(
                    Column.of(name, ColumnType.STRING, "", DataClass.ENVIRONMENT, Grade.PERSONAL));
        }
        return new Schema(columns);
    }

    Batch batch() {
        Batch batch = new Batch(schema(), rows.size());
        for (String[] cells : rows) {
            int row = batch.addRow();
            for (int c = 0; c < cells.length; c++) {
                batch.set(c, row, cells[c]);
            }
        }
        return batch;
    }

    private static int age(String status, SplittableRandom random) {
        double mean =
                switch (status) {
                    case "Never-married" -> 28;
                    case "Widowed" -> 58;
                    default -> 42;
                };
        return (int) Math.clamp(Math.round(mean + 11 * random.nextGaussian()), 17, 90);
    }

    private static List<Value> values(String... lines) {
        List<Value> values = new ArrayList<>();
        for (String line : lines) {
            String[] parts = line.split(" ", -1);
            values.add(
                    new Value(
                            parts[0],
                            Integer.parseInt(parts[1]),
                            List.of(parts).subList(2, parts.length)));
        }
        return values;
    }

    private static Hierarchy hierarchy(List<Value> values) {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        values.forEach(v -> groups.put(v.text, v.groups));
        return Hierarchy.ofGroups(groups);
    }

    private static String draw(List<Value> values, SplittableRandom random) {
        int left = random.nextInt(values.stream().mapToInt(Value::count).sum());
        for (Value value : values) {
            left -= value.count;
            if (left < 0) {
                return value.text;
            }
        }
        throw new IllegalStateException("counts do not add up");
    }
}
