package org.roadloop.govern.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The schema that editors are given, judged by a validator that is not ours. */
class PlanSchemaTest {
    static final List<String> EXAMPLES = ProductPlanReader.EXAMPLES;

    static List<String> errors(String yaml) {
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(PlanSchema.text());
        JsonNode plan = new YAMLMapper().readTree(yaml);
        return schema.validate(plan).stream().map(Object::toString).toList();
    }

    /** To make it anew: {@code ./roadloop govern schema}. */
    @Test
    void theResourceIsWhatTheRecordsSay() throws Exception {
        try (InputStream in = PlanSchema.class.getResourceAsStream(PlanSchema.RESOURCE)) {
            String kept =
                    new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
            assertThat(kept).isEqualTo(PlanSchema.text());
        }
    }

    @ParameterizedTest
    @FieldSource("EXAMPLES")
    void everyShippedPlanFits(String name) {
        assertThat(errors(ProductPlanReader.example(name))).isEmpty();
    }

    /** What the schema refuses, the reader refuses too. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    version: 1                    | versoin: 1
                    version: 1                    | version: one
                    - aggregate:                  | - agregate:
                    min_vehicles: 5               | min_vehicles: few
                    min_vehicles: 5               | min_vehicle: 5
                    length: 1h                    | length: hourly
                    soc_percent: [mean]           | soc_percent: [median]
                    grade: sensitive_personal     | grade: secret
                    [track, identity, position]   | track
                    state: ok                     | state: fine
                    input: { table: vehicle_report } | input: vehicle_report
                    """)
    void aMutatedPlanFitsNot(String right, String wrong) {
        String plan = ProductPlanReader.example("energy_by_hour");
        assertThat(plan).contains(right);
        String mutated = plan.replace(right, wrong);
        assertThat(errors(mutated)).isNotEmpty();
        assertThatThrownBy(() -> ProductPlanReader.parse(mutated))
                .isInstanceOf(org.roadloop.govern.plan.PlanException.class);
    }
}
