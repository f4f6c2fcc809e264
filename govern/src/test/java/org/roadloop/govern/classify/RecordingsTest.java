package org.roadloop.govern.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is found in recordings of others, as they were published: every cell a text. */
class RecordingsTest {
    private static final Path DATA =
            Path.of(System.getProperty("roadloop.root", ".."))
                    .resolve("../shared/data")
                    .normalize();

    private static String found(List<Map<String, String>> rows) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (Map<String, String> row : rows) {
            for (String name : row.keySet()) {
                if (!labels.containsValue(name)) {
                    labels.put("c" + labels.size(), name);
                }
            }
        }
        List<Column> columns = new ArrayList<>();
        labels.keySet()
                .forEach(
                        c ->
                                columns.add(
                                        Column.of(
                                                c,
                                                ColumnType.STRING,
                                                "",
                                                DataClass.LINEAGE,
                                                Grade.GENERAL)));
        Batch batch = new Batch(new Schema(columns), rows.size());
        for (Map<String, String> row : rows) {
            int at = batch.addRow();
            for (int c = 0; c < columns.size(); c++) {
                String cell = row.get(labels.get("c" + c));
                if (cell != null) {
                    batch.set(c, at, cell);
                }
            }
        }
        Classifier classifier = new Classifier(batch.schema(), labels);
        classifier.add(batch, 0, batch.rows());
        return classifier.guesses().stream()
                .map(g -> labels.get(g.column()) + " " + g.kind())
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** The paths of all numbers and texts of a message; what is in a list is left. */
    private static void flatten(String path, JsonNode node, Map<String, String> row) {
        if (node.isObject()) {
            node.properties()
                    .forEach(
                            e ->
                                    flatten(
                                            path.isEmpty() ? e.getKey() : path + "." + e.getKey(),
                                            e.getValue(),
                                            row));
        } else if (node.isValueNode() && !node.isNull()) {
            row.put(path, node.asString());
        }
    }

    private static List<Map<String, String>> messages(Path file) throws IOException {
        assumeTrue(Files.exists(file), "shared/data is missing: " + file);
        List<Map<String, String>> rows = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(file)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.isBlank() && rows.size() < 5_000) {
                    Map<String, String> row = new LinkedHashMap<>();
                    flatten("", JsonMapper.shared().readTree(line), row);
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    @Test
    void aDriveOfATwizyIsAPositionAndNothingElse() throws IOException {
        Path file = DATA.resolve("ev-twizy/T1_03_29_2021.csv");
        assumeTrue(Files.exists(file), "shared/data is missing: " + file);
        List<String> lines = Files.readAllLines(file);
        String[] names = lines.getFirst().split(",");
        List<Map<String, String>> rows = new ArrayList<>();
        for (String line : lines.subList(1, Math.min(5_001, lines.size()))) {
            String[] cells = line.split(",");
            Map<String, String> row = new LinkedHashMap<>();
            for (int c = 0; c < Math.min(names.length, cells.length); c++) {
                row.put(names[c], cells[c]);
            }
            rows.add(row);
        }
        assertThat(found(rows)).isEqualTo("LAT LATITUDE\nLON LONGITUDE\n");
    }

    @Test
    void messagesOfWyomingSayWhereInTheHeaderAsWell() throws IOException {
        assertThat(found(messages(DATA.resolve("wyoming-obu/bsmLogDuringEvent.json"))))
                .isEqualTo(
                        """
                        metadata.receivedMessageDetails.locationData.latitude LATITUDE
                        metadata.receivedMessageDetails.locationData.longitude LONGITUDE
                        payload.data.coreData.position.latitude LATITUDE
                        payload.data.coreData.position.longitude LONGITUDE
                        """);
    }

    @Test
    void eventsOfNewYorkHaveNoPlaceOnEarth() throws IOException {
        assertThat(found(messages(DATA.resolve("nyc-cv-pilot/nycdot-fcw-event.json"))))
                .doesNotContain("LONGITUDE", "LATITUDE", "PHONE", "VIN");
    }
}
