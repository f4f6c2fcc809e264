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

class CroissantViewTest {
    private static final SchemaFaults SCHEMA = SchemaFaults.of("croissant.schema.json");

    @Test
    void trainingSetsOfOneFileAndOfMore() {
        assertThat(SCHEMA.in(CroissantView.write(SampleProducts.tracks()))).isEmpty();
        assertThat(SCHEMA.in(CroissantView.write(SampleProducts.tracks(3)))).isEmpty();
        assertThat(SampleProducts.tracks().missing(View.CROISSANT)).isEmpty();
    }

    @Test
    void everyColumnIsAFieldOfItsFile() {
        ObjectNode json = CroissantView.write(SampleProducts.tracks());
        List<String> fields = new ArrayList<>();
        for (JsonNode field : json.at("/recordSet/0/field")) {
            assertThat(field.at("/source/fileObject/@id").asString()).isEqualTo("part-0.parquet");
            assertThat(field.at("/source/extract/column").asString())
                    .isEqualTo(field.path("name").asString());
            fields.add(
                    field.path("name").asString()
                            + " "
                            + field.path("dataType").asString()
                            + " | "
                            + field.path("description").asString());
        }
        assertThat(String.join("\n", fields))
                .isEqualTo(
                        """
                        vehicle sc:Text | identity; grade personal
                        at sc:DateTime | time; grade general
                        lon_degrees sc:Float | position, in deg, wgs-84; grade sensitive-personal
                        speed_kmh sc:Float | driving-state, in km/h; grade general
                        gear sc:Integer | driving-state; grade general
                        odometer_m sc:Integer | driving-state, in m; grade general
                        braking sc:Boolean | alarm; grade general""");
        assertThat(json.at("/distribution/0/sha256").asString()).isEqualTo("00".repeat(32));
    }

    /** A reference leads to something that is there: the schema alone can't say it. */
    @Test
    void sourcesAreAmongTheFiles() {
        ObjectNode json = CroissantView.write(SampleProducts.tracks(3));
        List<String> ids = new ArrayList<>();
        json.path("distribution").forEach(file -> ids.add(file.path("@id").asString()));
        assertThat(ids)
                .containsExactly("part-0.parquet", "part-1.parquet", "part-2.parquet", "files");
        json.at("/distribution/3/containedIn")
                .forEach(file -> assertThat(ids).contains(file.path("@id").asString()));
        json.at("/recordSet/0/field")
                .forEach(
                        field ->
                                assertThat(ids)
                                        .contains(field.at("/source/fileSet/@id").asString()));
    }

    @Test
    void whatIsMissingIsWhatTheSchemaMisses() {
        List<String> faults = SCHEMA.in(CroissantView.write(SampleProducts.plain()));
        List<String> missing = SampleProducts.plain().missing(View.CROISSANT);
        assertThat(missing).containsExactly("description", "license", "distribution", "recordSet");
        assertThat(faults).hasSize(missing.size());
        for (String property : missing) {
            assertThat(faults).anyMatch(fault -> fault.contains("'" + property + "'"));
        }
    }

    @Test
    void aModelIsNoTrainingSet() {
        assertThatThrownBy(() -> CroissantView.write(SampleProducts.model()))
                .hasMessageContaining("urn:city:model")
                .hasMessageContaining("of a dataset");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "/@type,",
                "/@type, \"Dataset\"",
                "/conformsTo,",
                "/conformsTo, \"http://mlcommons.org/croissant/0.8\"",
                "/name,",
                "/name, \"a b\"",
                "/description,",
                "/description, \"\"",
                "/license, \"free\"",
                "/url, \"urn:city:tracks\"",
                "/creator, {}",
                "/datePublished, \"2026-11-22T08:00:00Z\"",
                "/version, \"2.1\"",
                "/distribution, []",
                "/distribution/0/sha256,",
                "/distribution/0/sha256, \"0\"",
                "/distribution/0/contentUrl,",
                "/distribution/0/encodingFormat, \"parquet\"",
                "/distribution/0/@type, \"sc:FileObject\"",
                "/recordSet/0/field/0/dataType, \"xsd:string\"",
                "/recordSet/0/field/0/dataType,",
                "/recordSet/0/field/0/source,",
                "/recordSet/0/field/0/source/extract,",
                "/recordSet/0/field/0/source/fileObject,",
                "/recordSet/0/field/0/@type,",
                "/recordSet/0/field, []",
                "/@context/cr, \"https://mlcommons.org/croissant/\"",
                "/@context/dataType,",
            })
    void aWrongMemberIsRefused(String pointer, String value) {
        ObjectNode right = CroissantView.write(SampleProducts.tracks());
        JsonNode wrong = SchemaFaults.changed(right, pointer, value == null ? "" : value);
        List<String> faults = SCHEMA.in(wrong);
        String name = pointer.substring(pointer.lastIndexOf('/') + 1);
        assertThat(faults).isNotEmpty().anyMatch(fault -> fault.contains(name));
    }
}
