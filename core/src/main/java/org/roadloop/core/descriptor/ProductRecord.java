package org.roadloop.core.descriptor;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetVersion;
import org.roadloop.core.asset.Description;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.CoordinateSystem;
import org.roadloop.core.table.Grade;

/**
 * All that is known of one product (产品档案): what its publisher wrote, what it costs and under which
 * terms, the columns that leave, how good they are, and the run that made them. Every view is made
 * from this record and from nothing else, so that no two of them can differ.
 *
 * @param address of the connector that offers it
 * @param columns of a data set that may leave, in order; empty for other kinds, and where the
 *     tables are not here
 * @param quality indicators of the scorecard by English name, {@code 0..1}; empty if none were
 *     computed
 * @param run that made the rows; null if no passport is known
 */
public record ProductRecord(
        AssetVersion version,
        String address,
        List<Column> columns,
        Map<String, Double> quality,
        @Nullable GovernedRun run) {

    public ProductRecord {
        columns = List.copyOf(columns);
        quality = Collections.unmodifiableMap(new LinkedHashMap<>(quality));
    }

    public Asset asset() {
        return version.asset();
    }

    Description description() {
        return asset().description();
    }

    /** The asset's id where it is an IRI, else its address in the catalogue. */
    public String iri() {
        String id = asset().id();
        return Description.isIri(id)
                ? id
                : address
                        + "/catalog/datasets/"
                        + URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** By language tag: English and Chinese first. */
    Map<String, String> titles() {
        Map<String, String> titles = new LinkedHashMap<>();
        titles.put("en", asset().title().english());
        titles.put("zh", asset().title().chinese());
        description().titles().forEach(titles::putIfAbsent);
        titles.values().removeIf(String::isEmpty);
        return titles;
    }

    /** A whole IRI, or empty. */
    String license() {
        String license = description().license();
        return Vocabulary.expanded(
                license.isEmpty() ? asset().properties().getOrDefault("dct:license", "") : license);
    }

    /** The name of the organisation; its DID if it gave none. */
    String publisherName() {
        String name = description().publisherName();
        return name.isEmpty() ? asset().publisher() : name;
    }

    /** The publisher's label of the version, else its number. */
    String versionLabel() {
        String label = description().version();
        return label.isEmpty() ? Integer.toString(version.number()) : label;
    }

    /** Of the column that would do the most harm; empty where no columns are known. */
    Optional<Grade> highestGrade() {
        return columns.stream().map(Column::grade).max(Grade::compareTo);
    }

    /** Of the positions, each once. */
    List<CoordinateSystem> coordinateSystems() {
        return columns.stream()
                .map(Column::coordinateSystem)
                .filter(system -> system != CoordinateSystem.NONE)
                .distinct()
                .toList();
    }

    /**
     * What a view's profile demands and nobody has said, by the name of its property; a view leaves
     * these out rather than making something up.
     */
    public List<String> missing(View view) {
        Description d = description();
        List<String> missing = new ArrayList<>();
        switch (view) {
            case DCAT -> {
                need(missing, "dct:description", !d.texts().isEmpty());
                need(missing, "dct:spatial", !d.spatial().isEmpty());
                need(missing, "dct:accrualPeriodicity", !d.accrualPeriodicity().isEmpty());
                for (String property : List.of("mobilityTheme", "mobilityDataStandard")) {
                    need(missing, "mobilitydcatap:" + property, d.mobility().containsKey(property));
                }
            }
            case CROISSANT -> {
                need(missing, "description", !d.texts().isEmpty());
                need(missing, "license", !license().isEmpty());
                need(missing, "distribution", run != null && !run.files().isEmpty());
                need(missing, "recordSet", !columns.isEmpty());
            }
            case CSVW -> need(missing, "tableSchema", !columns.isEmpty());
            case REGISTRATION -> missing.addAll(RegistrationSheet.of(this).missing());
        }
        return missing;
    }

    private static void need(List<String> missing, String property, boolean there) {
        if (!there) {
            missing.add(property);
        }
    }
}
