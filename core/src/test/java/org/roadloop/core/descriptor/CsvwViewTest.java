package org.roadloop.core.descriptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class CsvwViewTest {
    private static final SchemaFaults SCHEMA = SchemaFaults.of("csvw.schema.json");

    @Test
    void aTableWithItsUnits() {
        ObjectNode json = CsvwView.write(SampleProducts.tracks());
        assertThat(SCHEMA.in(json)).isEmpty();
        List<String> columns = new ArrayList<>();
        for (JsonNode column : json.at("/tableSchema/columns")) {
            columns.add(
                    column.path("name").asString()
                            + " "
                            + column.path("datatype").asString()
                            + " "
                            + column.path("schema:unitText").asString("-")
                            + " "
                            + column.path("https://roadloop.org/ns/odrl#grade").asString());
        }
        assertThat(String.join("\n", columns))
                .isEqualTo(
                        """
                        vehicle string - personal
                        at dateTime - general
                        lon_degrees double deg sensitive-personal
                        speed_kmh float km/h general
                        gear int - general
                        odometer_m long m general
                        braking boolean - general""");
    }

    @Test
    void withoutColumnsTheSchemaIsMissing() {
        assertThat(SampleProducts.plain().missing(View.CSVW)).containsExactly("tableSchema");
        assertThat(SCHEMA.in(CsvwView.write(SampleProducts.plain())))
                .anyMatch(fault -> fault.contains("columns"));
    }

    @Test
    void aModelIsNoTable() {
        assertThatThrownBy(() -> CsvwView.write(SampleProducts.model()))
                .hasMessageContaining("the view csvw is of a dataset");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "/@context, \"http://www.w3.org/ns/csvw\"",
                "/@context/1/@language,",
                "/url,",
                "/url, \"track_point.parquet\"",
                "/tableSchema,",
                "/tableSchema/columns, []",
                "/tableSchema/columns/0/name,",
                "/tableSchema/columns/0/name, \"_speed\"",
                "/tableSchema/columns/0/titles,",
                "/tableSchema/columns/0/datatype, \"varchar\"",
                "/tableSchema/columns/0/required, \"no\"",
                "/tableSchema/columns/3/schema:unitText, \"\"",
                "/tableSchema/columns/0/unit, \"km\"",
                "/dc:modified, `{\"@value\":\"x\",\"@type\":\"xsd:date\",\"@language\":\"en\"}`",
                "/publisher, \"x\"",
            })
    void aWrongMemberIsRefused(String pointer, String value) {
        ObjectNode right = CsvwView.write(SampleProducts.tracks());
        List<String> faults =
                SCHEMA.in(SchemaFaults.changed(right, pointer, value == null ? "" : value));
        String name = pointer.substring(pointer.lastIndexOf('/') + 1);
        assertThat(faults).isNotEmpty().anyMatch(fault -> fault.contains(name));
    }
}
