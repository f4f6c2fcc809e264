package org.roadloop.govern.plan;

import java.util.ArrayList;
import java.util.List;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;

/**
 * Which clauses a plan touches and what it does about each (条款对应). "Maps to" means that the
 * platform does something towards the clause; it is no legal opinion.
 */
final class Clauses {
    private Clauses() {}

    /**
     * @param status {@code met}, {@code not_met} or {@code not_applicable}
     */
    record Clause(String mapsTo, String status, String because) {}

    static List<Clause> of(Plan plan) {
        List<Clause> clauses = new ArrayList<>();
        boolean position =
                plan.fields().stream()
                        .map(Plan.Field::column)
                        .anyMatch(Clauses::isSensitivePosition);
        clauses.add(
                new Clause(
                        "GB/T 44464-2024 Table A.2",
                        "met",
                        "every column carries a class and a grade"));
        clauses.add(
                new Clause(
                        "GB/T 36344-2018",
                        "met",
                        "six indicators computed over every governed row"));
        clauses.add(
                new Clause(
                        "GB/T 37964-2019 pseudonymisation",
                        "met",
                        "identity replaced by a keyed pseudonym before storage; re-keyed per"
                                + " contract on release"));
        if (!position) {
            clauses.add(
                    new Clause(
                            "GB/T 44464-2024 Table A.2, position and track",
                            "not_applicable",
                            "no sensitive position column"));
        } else {
            boolean released =
                    plan.fields().stream()
                            .map(Plan.Field::column)
                            .anyMatch(
                                    c ->
                                            isSensitivePosition(c)
                                                    && plan.released().contains(c.name()));
            clauses.add(
                    new Clause(
                            "GB/T 44464-2024 Table A.2, position and track",
                            "met",
                            released
                                    ? "released positions have trip ends and areas taken out"
                                    : "positions in degrees are not released"));
        }
        clauses.add(
                plan.areas().isEmpty()
                        ? new Clause(
                                "汽车数据安全管理若干规定 2021 Art. 3, sensitive-area geography",
                                "not_met",
                                "the plan names no sensitive area")
                        : new Clause(
                                "汽车数据安全管理若干规定 2021 Art. 3, sensitive-area geography",
                                "met",
                                plan.areas().size() + " areas masked with a random margin"));
        clauses.add(
                new Clause(
                        "GB/T 44464-2024 5.6.2 faces and plates",
                        "not_applicable",
                        "the table holds no pictures"));
        return clauses;
    }

    private static boolean isSensitivePosition(Column column) {
        return column.dataClass() == DataClass.POSITION
                && column.grade().compareTo(Grade.SENSITIVE_PERSONAL) >= 0;
    }
}
