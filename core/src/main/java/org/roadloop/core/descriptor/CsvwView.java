package org.roadloop.core.descriptor;

import org.roadloop.core.asset.Asset;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.CoordinateSystem;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A product as a table (表格元数据): Metadata Vocabulary for Tabular Data of the W3C, 2015. Types,
 * units, classes and grades stand with each column; {@code url} names the file that a pull as CSV
 * gives.
 */
public final class CsvwView {
    public static final String MEDIA_TYPE = "application/csvm+json";

    private CsvwView() {}

    /**
     * @throws IllegalArgumentException if the product is no table
     */
    public static ObjectNode write(ProductRecord product) {
        if (!(product.asset() instanceof Asset.Dataset dataset)) {
            throw new IllegalArgumentException(
                    "asset "
                            + product.asset().id()
                            + " is of kind '"
                            + product.asset().kind()
                            + "'; the view csvw is of a dataset");
        }
        ObjectNode json = JsonMapper.shared().createObjectNode();
        ArrayNode context = json.putArray("@context");
        context.add("http://www.w3.org/ns/csvw");
        context.addObject().put("@language", "en");
        json.put("@type", "Table");
        json.put("url", dataset.table() + ".csv");
        ArrayNode titles = json.putArray("dc:title");
        product.titles()
                .forEach(
                        (language, title) ->
                                titles.addObject().put("@value", title).put("@language", language));
        if (!product.license().isEmpty()) {
            json.putObject("dc:license").put("@id", product.license());
        }
        json.put("dc:identifier", product.iri());
        json.putObject("dc:publisher").put("@id", product.asset().publisher());
        json.putObject("dc:modified")
                .put("@value", product.version().publishedAt().toString())
                .put("@type", "xsd:dateTime");
        ArrayNode columns = json.putObject("tableSchema").putArray("columns");
        product.columns().forEach(column -> write(column, columns.addObject()));
        return json;
    }

    private static void write(Column column, ObjectNode json) {
        json.put("@type", "Column");
        json.put("name", column.name());
        json.put("titles", column.name());
        json.put("datatype", datatype(column.type()));
        json.put("required", false);
        if (!column.unit().isEmpty()) {
            json.put("schema:unitText", column.unit());
        }
        String own = Vocabulary.PREFIXES.get("roadloop");
        json.put(own + "dataClass", DcatView.word(column.dataClass()));
        json.put(own + "grade", DcatView.word(column.grade()));
        if (column.coordinateSystem() != CoordinateSystem.NONE) {
            json.put(own + "coordinateSystem", DcatView.word(column.coordinateSystem()));
        }
    }

    /** The built-in datatype of CSVW §4.11. */
    static String datatype(ColumnType type) {
        return switch (type) {
            case BOOL -> "boolean";
            case INT -> "int";
            case LONG -> "long";
            case FLOAT -> "float";
            case DOUBLE -> "double";
            case TIMESTAMP_MICROS_UTC -> "dateTime";
            case STRING -> "string";
        };
    }
}
