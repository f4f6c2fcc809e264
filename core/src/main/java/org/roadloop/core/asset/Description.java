package org.roadloop.core.asset;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.NationalIdentifier;
import org.roadloop.core.identity.UnifiedSocialCreditCode;

/**
 * How an asset is found and understood (资源描述): the properties of DCAT 3 and of its profile for
 * mobility, mobilityDCAT-AP, that a publisher gives. What the platform knows itself (dates, number
 * of the version, formats, offers) is not in here.
 *
 * @param titles further titles by language tag of BCP 47; English and Chinese stand in the asset
 * @param texts {@code dct:description} by language tag
 * @param keywords {@code dcat:keyword}, in any language
 * @param themes {@code dcat:theme}, IRIs
 * @param license {@code dct:license}, an IRI; empty if none is named
 * @param publisherName name of the organisation; empty: its DID stands for it
 * @param publisherIdentifiers national identifiers by their name: {@code uscc} to a 统一社会信用代码
 * @param version {@code dcat:version}, the publisher's own label; empty: the number of the version
 * @param spatial {@code dct:spatial}: an IRI, or a region code like {@code CN-31-0115}
 * @param temporal {@code dct:temporal}, null if open
 * @param accrualPeriodicity {@code dct:accrualPeriodicity}, an IRI; empty if not said
 * @param mobility properties of mobilityDCAT-AP with concepts of its vocabularies, see {@link
 *     MobilityTerms}
 * @param identifiers of the data itself: its 数据标识 and 登记编号
 * @param registration what a registry asks and only the publisher knows, by the field's key in the
 *     sheet: {@code rightsBasis}, {@code source}, {@code scenes}
 */
public record Description(
        Map<String, String> titles,
        Map<String, String> texts,
        List<String> keywords,
        List<String> themes,
        String license,
        String publisherName,
        Map<String, String> publisherIdentifiers,
        String version,
        List<String> spatial,
        @Nullable Period temporal,
        String accrualPeriodicity,
        Map<String, List<String>> mobility,
        List<NationalIdentifier> identifiers,
        Map<String, String> registration) {
    public static final Description NONE =
            new Description(
                    Map.of(), Map.of(), List.of(), List.of(), "", "", Map.of(), "", List.of(), null,
                    "", Map.of(), List.of(), Map.of());

    /** So that a version of an asset fits an entry of the ledger. */
    private static final int MOST_VALUES = 100;

    private static final int MOST_TEXT = 10_000;

    /** From the first instant to before the second; null: open on that side. */
    public record Period(@Nullable Instant start, @Nullable Instant end) {
        public Period {
            if (start != null && end != null && end.isBefore(start)) {
                throw new IllegalArgumentException(
                        "temporal ends at " + end + ", before it starts at " + start);
            }
        }
    }

    public Description {
        titles = languages("titles", titles);
        texts = languages("texts", texts);
        keywords = values("keywords", keywords);
        themes = values("themes", themes);
        spatial = values("spatial", spatial);
        for (String theme : themes) {
            iri("themes", theme);
        }
        if (!license.isEmpty()) {
            iri("license", license);
        }
        if (!accrualPeriodicity.isEmpty()) {
            iri("accrualPeriodicity", accrualPeriodicity);
        }
        publisherIdentifiers =
                Collections.unmodifiableMap(new TreeMap<>(Map.copyOf(publisherIdentifiers)));
        Map<String, List<String>> terms = new TreeMap<>();
        mobility.forEach((term, concepts) -> terms.put(term, MobilityTerms.check(term, concepts)));
        mobility = Collections.unmodifiableMap(terms);
        registration = fields(registration);
        identifiers = List.copyOf(identifiers);
        if (identifiers.size() > MOST_VALUES) {
            throw new IllegalArgumentException(
                    "identifiers has more than " + MOST_VALUES + " values");
        }
        for (NationalIdentifier identifier : identifiers) {
            if (identifier instanceof UnifiedSocialCreditCode) {
                throw new IllegalArgumentException(
                        "identifiers has a unifiedSocialCreditCode, which is one of a publisher:"
                                + " put it under publisherIdentifiers");
            }
        }
    }

    private static Map<String, String> languages(String name, Map<String, String> texts) {
        for (Map.Entry<String, String> text : texts.entrySet()) {
            if (!text.getKey().matches("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")) {
                throw new IllegalArgumentException(
                        name + " has '" + text.getKey() + "', which is no language tag like zh");
            }
            if (text.getValue().isBlank() || text.getValue().length() > MOST_TEXT) {
                throw new IllegalArgumentException(
                        name + " in " + text.getKey() + " has not 1 to " + MOST_TEXT + " letters");
            }
        }
        return Collections.unmodifiableMap(new TreeMap<>(texts));
    }

    private static Map<String, String> fields(Map<String, String> fields) {
        if (fields.size() > MOST_VALUES) {
            throw new IllegalArgumentException(
                    "registration has more than " + MOST_VALUES + " fields");
        }
        fields.forEach(
                (key, text) -> {
                    if (!key.matches("[A-Za-z][A-Za-z0-9]{0,62}")) {
                        throw new IllegalArgumentException(
                                "registration has '" + key + "', which is no key like rightsBasis");
                    }
                    if (text.isBlank() || text.length() > MOST_TEXT) {
                        throw new IllegalArgumentException(
                                "registration " + key + " has not 1 to " + MOST_TEXT + " letters");
                    }
                });
        return Collections.unmodifiableMap(new TreeMap<>(fields));
    }

    private static List<String> values(String name, List<String> values) {
        List<String> distinct = new ArrayList<>();
        for (String value : values) {
            if (value.isBlank() || value.length() > 500) {
                throw new IllegalArgumentException(
                        name + " has a value of not 1 to 500 letters: leave it out or shorten it");
            }
            if (!distinct.contains(value)) {
                distinct.add(value);
            }
        }
        if (distinct.size() > MOST_VALUES) {
            throw new IllegalArgumentException(name + " has more than " + MOST_VALUES + " values");
        }
        return List.copyOf(distinct);
    }

    private static void iri(String name, String value) {
        if (!isIri(value)) {
            throw new IllegalArgumentException(
                    name + " has '" + value + "', which is no absolute IRI like https://…");
        }
    }

    /** Whether a value names a thing on its own: has a scheme and no space. */
    public static boolean isIri(String value) {
        try {
            return URI.create(value).isAbsolute();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
