package org.roadloop.core.asset;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is offered (资产): the four links of the chain 算力—数据—模型—应用. */
public sealed interface Asset {
    String id();

    Title title();

    Description description();

    /** DID of the publisher. */
    String publisher();

    /** Further properties for the catalogue, prefixed: {@code dct:license}. */
    Map<String, String> properties();

    List<Offer> offers();

    /** How it can be had: {@code compute-to-data}, {@code HttpData-PULL}. */
    List<String> formats();

    /** {@code dataset}, {@code model}, {@code application}, {@code compute-offer}. */
    default String kind() {
        return switch (this) {
            case Dataset d -> "dataset";
            case Model m -> "model";
            case Application a -> "application";
            case ComputeOffer c -> "compute-offer";
        };
    }

    default Optional<Offer> findOffer(String offerId) {
        return offers().stream().filter(o -> o.id().equals(offerId)).findFirst();
    }

    record Title(String english, String chinese) {}

    /**
     * Rows (数据): a governed table.
     *
     * @param table name in {@code core.table.TableSource}
     * @param snapshot pinned snapshot id, or {@code TableSource.LATEST} to follow the table
     * @param columns released columns in order; empty for all
     */
    record Dataset(
            String id,
            Title title,
            Description description,
            String publisher,
            Map<String, String> properties,
            String table,
            long snapshot,
            List<String> columns,
            List<String> formats,
            List<Offer> offers)
            implements Asset {
        public Dataset {
            properties = checked(id, properties);
            columns = List.copyOf(columns);
            formats = List.copyOf(formats);
            offers = List.copyOf(offers);
        }

        /** Without a description. */
        public Dataset(
                String id,
                Title title,
                String publisher,
                Map<String, String> properties,
                String table,
                long snapshot,
                List<String> columns,
                List<String> formats,
                List<Offer> offers) {
            this(
                    id,
                    title,
                    Description.NONE,
                    publisher,
                    properties,
                    table,
                    snapshot,
                    columns,
                    formats,
                    offers);
        }
    }

    /**
     * A trained model (模型).
     *
     * @param sha256 lower-case hex of the model file
     */
    record Model(
            String id,
            Title title,
            Description description,
            String publisher,
            Map<String, String> properties,
            String sha256,
            List<String> formats,
            List<Offer> offers)
            implements Asset {
        public Model {
            properties = checked(id, properties);
            formats = List.copyOf(formats);
            offers = List.copyOf(offers);
        }

        /** Without a description. */
        public Model(
                String id,
                Title title,
                String publisher,
                Map<String, String> properties,
                String sha256,
                List<String> formats,
                List<Offer> offers) {
            this(id, title, Description.NONE, publisher, properties, sha256, formats, offers);
        }
    }

    /**
     * A program that can be sent to data (应用).
     *
     * @param image name of the TES executor image
     */
    record Application(
            String id,
            Title title,
            Description description,
            String publisher,
            Map<String, String> properties,
            String image,
            List<String> formats,
            List<Offer> offers)
            implements Asset {
        public Application {
            properties = checked(id, properties);
            formats = List.copyOf(formats);
            offers = List.copyOf(offers);
        }

        /** Without a description. */
        public Application(
                String id,
                Title title,
                String publisher,
                Map<String, String> properties,
                String image,
                List<String> formats,
                List<Offer> offers) {
            this(id, title, Description.NONE, publisher, properties, image, formats, offers);
        }
    }

    /**
     * Compute to be had (算力).
     *
     * @param site id of the site
     * @param flavour name of the flavour there
     */
    record ComputeOffer(
            String id,
            Title title,
            Description description,
            String publisher,
            Map<String, String> properties,
            String site,
            String flavour,
            List<String> formats,
            List<Offer> offers)
            implements Asset {
        public ComputeOffer {
            properties = checked(id, properties);
            formats = List.copyOf(formats);
            offers = List.copyOf(offers);
        }

        /** Without a description. */
        public ComputeOffer(
                String id,
                Title title,
                String publisher,
                Map<String, String> properties,
                String site,
                String flavour,
                List<String> formats,
                List<Offer> offers) {
            this(
                    id,
                    title,
                    Description.NONE,
                    publisher,
                    properties,
                    site,
                    flavour,
                    formats,
                    offers);
        }
    }

    private static Map<String, String> checked(String id, Map<String, String> properties) {
        for (String name : properties.keySet()) {
            if (name.indexOf(':') < 1) {
                throw new IllegalArgumentException(
                        "property '"
                                + name
                                + "' of asset "
                                + id
                                + " has no prefix, as in dct:"
                                + name);
            }
        }
        return java.util.Collections.unmodifiableMap(new TreeMap<>(properties));
    }
}
