package org.roadloop.core.descriptor;

import java.util.List;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.CoordinateSystem;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A product as a training set (训练集描述): Croissant 1.0 of MLCommons, which learners load without code
 * of their own. Files are those of the run, each with its checksum; a delivery lays files of these
 * names into one folder, so {@code contentUrl} is relative to this document.
 */
public final class CroissantView {
    private static final String ROWS = "rows";
    private static final String FILES = "files";
    private static final String PARQUET = "application/vnd.apache.parquet";

    /** Terms of Croissant that stand for {@code cr:} and the same name. */
    private static final List<String> TERMS =
            List.of(
                    "citeAs",
                    "column",
                    "equivalentProperty",
                    "extract",
                    "field",
                    "fileObject",
                    "fileProperty",
                    "fileSet",
                    "format",
                    "includes",
                    "isLiveDataset",
                    "jsonPath",
                    "key",
                    "md5",
                    "parentField",
                    "path",
                    "recordSet",
                    "references",
                    "regex",
                    "repeated",
                    "replace",
                    "samplingRate",
                    "separator",
                    "source",
                    "subField",
                    "transform");

    private final ProductRecord product;

    private CroissantView(ProductRecord product) {
        this.product = product;
    }

    /**
     * @throws IllegalArgumentException if the product has no rows
     */
    public static ObjectNode write(ProductRecord product) {
        if (!(product.asset() instanceof Asset.Dataset)) {
            throw new IllegalArgumentException(
                    "asset "
                            + product.asset().id()
                            + " is of kind '"
                            + product.asset().kind()
                            + "'; the view croissant is of a dataset");
        }
        return new CroissantView(product).json();
    }

    private ObjectNode json() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        context(json.putObject("@context"));
        json.put("@type", "sc:Dataset");
        json.put("@id", product.iri());
        json.put("conformsTo", "http://mlcommons.org/croissant/1.0");
        json.put("name", name());
        text(json, "description", description());
        text(json, "license", product.license());
        json.put("url", product.address() + "/catalog/datasets/" + product.asset().id());
        json.put("version", semantic(product.versionLabel()));
        json.put("datePublished", day(product.version().issuedAt().toString()));
        json.put("dateModified", day(product.version().publishedAt().toString()));
        ArrayNode languages = json.putArray("inLanguage");
        languages.add("en").add("zh");
        if (!product.description().keywords().isEmpty()) {
            ArrayNode keywords = json.putArray("keywords");
            product.description().keywords().forEach(keywords::add);
        }
        organization(json.putObject("creator"));
        organization(json.putObject("publisher"));
        GovernedRun run = product.run();
        List<GovernedRun.StoredFile> files = run == null ? List.of() : run.files();
        if (!files.isEmpty()) {
            distribution(json.putArray("distribution"), files);
        }
        if (!product.columns().isEmpty() && !files.isEmpty()) {
            recordSet(json.putArray("recordSet").addObject(), files);
        }
        return json;
    }

    private static void context(ObjectNode context) {
        context.put("@language", "en");
        context.put("@vocab", "https://schema.org/");
        context.put("sc", "https://schema.org/");
        context.put("cr", "http://mlcommons.org/croissant/");
        context.put("rai", "http://mlcommons.org/croissant/RAI/");
        context.put("dct", "http://purl.org/dc/terms/");
        context.put("roadloop", Vocabulary.PREFIXES.get("roadloop"));
        context.put("conformsTo", "dct:conformsTo");
        TERMS.forEach(term -> context.put(term, "cr:" + term));
        context.putObject("data").put("@id", "cr:data").put("@type", "@json");
        context.putObject("examples").put("@id", "cr:examples").put("@type", "@json");
        context.putObject("dataType").put("@id", "cr:dataType").put("@type", "@vocab");
    }

    /** Letters, digits and joints only, as file names are made of it. */
    private String name() {
        return product.asset().id().replaceAll("[^A-Za-z0-9_.-]+", "-");
    }

    private String description() {
        var texts = product.description().texts();
        return texts.getOrDefault("en", texts.isEmpty() ? "" : texts.values().iterator().next());
    }

    private static void text(ObjectNode json, String name, String value) {
        if (!value.isEmpty()) {
            json.put(name, value);
        }
    }

    /** MAJOR.MINOR.PATCH where the label is a number with points. */
    private static String semantic(String label) {
        if (label.matches("[0-9]+")) {
            return label + ".0.0";
        }
        return label.matches("[0-9]+\\.[0-9]+") ? label + ".0" : label;
    }

    private static String day(String instant) {
        return instant.substring(0, 10);
    }

    private void organization(ObjectNode json) {
        json.put("@type", "sc:Organization");
        json.put("name", product.publisherName());
        json.put("identifier", product.asset().publisher());
    }

    private void distribution(ArrayNode distribution, List<GovernedRun.StoredFile> files) {
        for (GovernedRun.StoredFile file : files) {
            distribution
                    .addObject()
                    .put("@type", "cr:FileObject")
                    .put("@id", file.name())
                    .put("name", file.name())
                    .put("contentUrl", file.name())
                    .put("contentSize", file.dataBytes() + " B")
                    .put("encodingFormat", PARQUET)
                    .put("sha256", file.sha256());
        }
        if (files.size() > 1) {
            ObjectNode set = distribution.addObject().put("@type", "cr:FileSet").put("@id", FILES);
            set.put("name", FILES).put("encodingFormat", PARQUET).put("includes", "*.parquet");
            ArrayNode within = set.putArray("containedIn");
            files.forEach(file -> within.addObject().put("@id", file.name()));
        }
    }

    private void recordSet(ObjectNode json, List<GovernedRun.StoredFile> files) {
        json.put("@type", "cr:RecordSet").put("@id", ROWS).put("name", ROWS);
        ArrayNode fields = json.putArray("field");
        for (Column column : product.columns()) {
            ObjectNode field = fields.addObject().put("@type", "cr:Field");
            field.put("@id", ROWS + "/" + column.name()).put("name", column.name());
            field.put("description", words(column));
            field.put("dataType", dataType(column));
            ObjectNode source = field.putObject("source");
            if (files.size() > 1) {
                source.putObject("fileSet").put("@id", FILES);
            } else {
                source.putObject("fileObject").put("@id", files.getFirst().name());
            }
            source.putObject("extract").put("column", column.name());
        }
    }

    private static String words(Column column) {
        StringBuilder words = new StringBuilder(DcatView.word(column.dataClass()));
        if (!column.unit().isEmpty()) {
            words.append(", in ").append(column.unit());
        }
        if (column.coordinateSystem() != CoordinateSystem.NONE) {
            words.append(", ").append(DcatView.word(column.coordinateSystem()));
        }
        return words.append("; grade ").append(DcatView.word(column.grade())).toString();
    }

    private static String dataType(Column column) {
        return switch (column.type()) {
            case BOOL -> "sc:Boolean";
            case INT, LONG -> "sc:Integer";
            case FLOAT, DOUBLE -> "sc:Float";
            case TIMESTAMP_MICROS_UTC -> "sc:DateTime";
            case STRING -> "sc:Text";
        };
    }
}
