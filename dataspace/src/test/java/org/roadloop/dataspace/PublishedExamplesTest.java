package org.roadloop.dataspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.roadloop.core.contract.MessageJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The examples of the specification are read, and written again as they were. */
class PublishedExamplesTest {
    private static List<Path> examples() throws IOException {
        assumeTrue(
                Files.isDirectory(DspSchemas.FOLDER),
                "shared/data is missing: " + DspSchemas.FOLDER);
        try (Stream<Path> files = Files.walk(DspSchemas.FOLDER)) {
            return files.filter(f -> f.getParent().endsWith("example")).sorted().toList();
        }
    }

    /** But for left operands: the context defines none, so we write them with ODRL's prefix. */
    @Test
    void messagesComeBackAsTheyWere() throws IOException {
        int read = 0;
        for (Path example : examples()) {
            JsonNode json = JsonMapper.shared().readTree(Files.readString(example));
            String type = json.path("@type").asString("");
            if (!type.endsWith("Message")
                    || type.startsWith("Catalog")
                    || type.startsWith("Dataset")) {
                continue;
            }
            JsonNode written = MessageJson.write(MessageJson.read(json));
            String prefixed =
                    json.toString().replace("\"leftOperand\":\"", "\"leftOperand\":\"odrl:");
            assertThat(written)
                    .as(example.getFileName().toString())
                    .isEqualTo(JsonMapper.shared().readTree(prefixed));
            read++;
        }
        assertThat(read).isEqualTo(14);
    }

    @Test
    void aMissingMemberIsWrongForUsWhereItIsWrongForTheSchema() throws IOException {
        List<Path> examples = examples();
        DspSchemas schemas = new DspSchemas();
        int compared = 0;
        for (Path example : examples) {
            JsonNode json = JsonMapper.shared().readTree(Files.readString(example));
            String type = json.path("@type").asString("");
            if (!type.endsWith("Message")
                    || type.startsWith("Catalog")
                    || type.startsWith("Dataset")) {
                continue;
            }
            for (String member : json.propertyNames()) {
                ObjectNode less = (ObjectNode) json.deepCopy();
                less.remove(member);
                boolean schemaTakes = !less.has("@type") ? false : schemas.errors(less).isEmpty();
                boolean weTake;
                try {
                    MessageJson.read(less);
                    weTake = true;
                } catch (IllegalArgumentException e) {
                    weTake = false;
                }
                assertThat(weTake)
                        .as(example.getFileName() + " without " + member)
                        .isEqualTo(schemaTakes);
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(50);
    }
}
