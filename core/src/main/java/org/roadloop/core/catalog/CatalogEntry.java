package org.roadloop.core.catalog;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetVersion;
import org.roadloop.core.asset.Description;
import org.roadloop.core.asset.MobilityTerms;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.clearing.Price;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.identity.NationalIdentifier;

/**
 * One asset as a search finds it (目录条目), ours or another's.
 *
 * @param provider DID of the participant that offers it
 * @param id of the asset at its provider
 * @param titles by language tag, at least one
 * @param version the publisher's label or number
 * @param offers ids of its offers
 * @param modified when this version was published, if it is known
 * @param origin address of the connector it was crawled from; null: it is offered here
 */
public record CatalogEntry(
        String provider,
        String id,
        Map<String, String> titles,
        Map<String, String> texts,
        List<String> keywords,
        String version,
        Map<Facet, List<String>> facets,
        List<String> offers,
        @Nullable Instant modified,
        @Nullable String origin) {

    public CatalogEntry {
        titles = Collections.unmodifiableMap(new TreeMap<>(titles));
        texts = Collections.unmodifiableMap(new TreeMap<>(texts));
        keywords = List.copyOf(keywords);
        offers = List.copyOf(offers);
        Map<Facet, List<String>> copy = new EnumMap<>(Facet.class);
        facets.forEach((facet, values) -> copy.put(facet, List.copyOf(values)));
        facets = Collections.unmodifiableMap(copy);
    }

    /** Unique over all participants; the order of pages. */
    public String key() {
        return id + " " + provider;
    }

    public List<String> values(Facet facet) {
        return facets.getOrDefault(facet, List.of());
    }

    /** An asset that is offered here. */
    public static CatalogEntry of(AssetVersion version) {
        Asset asset = version.asset();
        Description d = asset.description();
        Map<String, String> titles = new TreeMap<>(d.titles());
        titles.put("en", asset.title().english());
        titles.put("zh", asset.title().chinese());
        Map<Facet, List<String>> facets = new EnumMap<>(Facet.class);
        facets.put(Facet.KIND, List.of(asset.kind()));
        List<String> themes = new ArrayList<>(d.themes());
        for (String concept : d.mobility().getOrDefault("mobilityTheme", List.of())) {
            themes.add(MobilityTerms.iri("mobilityTheme", concept));
        }
        facets.put(Facet.THEME, themes);
        facets.put(Facet.PUBLISHER, List.of(asset.publisher()));
        String license =
                d.license().isEmpty()
                        ? asset.properties().getOrDefault("dct:license", "")
                        : d.license();
        facets.put(Facet.LICENSE, license.isEmpty() ? List.of() : List.of(license));
        facets.put(Facet.FORMAT, asset.formats());
        facets.put(
                Facet.PRICE_MODEL,
                asset.offers().stream()
                        .map(Offer::tariff)
                        .flatMap(tariff -> priceModels(tariff).stream())
                        .distinct()
                        .toList());
        facets.put(Facet.REGION, d.spatial());
        facets.put(
                Facet.IDENTIFIER,
                d.identifiers().stream().map(NationalIdentifier::toString).toList());
        return new CatalogEntry(
                asset.publisher(),
                asset.id(),
                titles,
                d.texts(),
                d.keywords(),
                label(version),
                facets,
                asset.offers().stream().map(Offer::id).toList(),
                version.publishedAt(),
                null);
    }

    /** {@code dcat:version}: the publisher's label, else the number. */
    public static String label(AssetVersion version) {
        String label = version.asset().description().version();
        return label.isEmpty() ? Integer.toString(version.number()) : label;
    }

    /** Names of the prices of an offer; {@code free} where there are none. */
    public static List<String> priceModels(Tariff tariff) {
        return tariff.prices().isEmpty()
                ? List.of("free")
                : tariff.prices().stream().map(Price::model).distinct().toList();
    }
}
