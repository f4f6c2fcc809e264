package org.roadloop.govern.product;

import java.util.ArrayList;
import java.util.List;
import org.roadloop.core.table.DataClass;
import org.roadloop.govern.privacy.TripMasking;

/**
 * What a product does towards which clause (条款对照). "Maps to" means that the platform does something
 * towards the clause; it is no legal opinion.
 */
final class ProductClauses {
    private ProductClauses() {}

    /**
     * @param status {@code met}, {@code not_met} or {@code not_applicable}
     */
    record Clause(String mapsTo, String status, String because) {}

    /**
     * @param k smallest group; negative where none was computed
     */
    static List<Clause> of(ProductPlan plan, ProductCheck check, long k) {
        List<Clause> clauses = new ArrayList<>();
        clauses.add(
                new Clause(
                        "GB/T 44464-2024 Table A.2",
                        "met",
                        "every column carries a class and a grade"));
        clauses.add(
                new Clause(
                        "PIPL Art. 6, purpose and least data",
                        "met",
                        "no column leaves that the purpose does not name"));
        boolean identity =
                check.output().columns().stream()
                        .anyMatch(c -> c.dataClass() == DataClass.IDENTITY);
        clauses.add(
                identity
                        ? new Clause(
                                "GB/T 37964-2019 pseudonymisation",
                                "met",
                                "identities are tokens of this product alone")
                        : new Clause(
                                "GB/T 37964-2019 pseudonymisation",
                                "not_applicable",
                                "no identity leaves"));
        clauses.add(
                check.track().isEmpty()
                        ? new Clause(
                                "GB/T 44464-2024 A.3.3, track",
                                "met",
                                "no columns that leave are a track together")
                        : new Clause(
                                "GB/T 44464-2024 A.3.3, track",
                                "not_met",
                                "a track leaves: its grade is sensitive personal data"));
        ProductPlan.Anonymity anonymity = plan.anonymity();
        clauses.add(
                anonymity == null || k < 0
                        ? new Clause(
                                "GB/T 42460-2023 group size",
                                "not_applicable",
                                "the plan names no quasi-identifiers")
                        : new Clause(
                                "GB/T 42460-2023 group size",
                                k >= anonymity.minK() ? "met" : "not_met",
                                "the smallest group has "
                                        + k
                                        + ", the plan wants "
                                        + anonymity.minK()));
        boolean masked = plan.steps().stream().anyMatch(s -> s.operator() instanceof TripMasking);
        clauses.add(
                masked
                        ? new Clause(
                                "汽车数据安全管理若干规定 2021 Art. 3, sensitive-area geography",
                                "met",
                                "a step masks sensitive areas or trip ends")
                        : new Clause(
                                "汽车数据安全管理若干规定 2021 Art. 3, sensitive-area geography",
                                "not_applicable",
                                "no step masks; what the input's own rule masks stays masked"));
        return clauses;
    }
}
