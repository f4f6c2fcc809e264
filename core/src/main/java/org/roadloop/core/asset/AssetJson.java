package org.roadloop.core.asset;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.clearing.TariffJson;
import org.roadloop.core.policy.MemberException;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.table.TableSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The body of {@code asset.offered}, and the tariff as it stands in a contract. */
public final class AssetJson {
    private AssetJson() {}

    public static ObjectNode write(Asset asset) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("kind", asset.kind()).put("id", asset.id());
        json.putObject("title")
                .put("en", asset.title().english())
                .put("zh", asset.title().chinese());
        if (!asset.description().equals(Description.NONE)) {
            json.set("description", DescriptionJson.write(asset.description()));
        }
        json.put("publisher", asset.publisher());
        ObjectNode properties = json.putObject("properties");
        asset.properties().forEach(properties::put);
        switch (asset) {
            case Asset.Dataset dataset -> {
                json.put("table", dataset.table());
                json.put("snapshot", Long.toString(dataset.snapshot()));
                strings(json.putArray("columns"), dataset.columns());
            }
            case Asset.Model model -> json.put("sha256", model.sha256());
            case Asset.Application application -> json.put("image", application.image());
            case Asset.ComputeOffer compute ->
                    json.put("site", compute.site()).put("flavour", compute.flavour());
        }
        strings(json.putArray("formats"), asset.formats());
        ArrayNode offers = json.putArray("offers");
        for (Offer offer : asset.offers()) {
            ObjectNode entry = offers.addObject();
            entry.set("policy", offer.policy().toJson());
            entry.set("tariff", write(offer.tariff()));
        }
        return json;
    }

    public static Asset read(JsonNode json) {
        String id = json.required("id").asString();
        Asset.Title title =
                new Asset.Title(
                        json.required("title").required("en").asString(),
                        json.required("title").required("zh").asString());
        Description description =
                json.has("description")
                        ? DescriptionJson.read(json.get("description"))
                        : Description.NONE;
        String publisher = json.required("publisher").asString();
        Map<String, String> properties = new TreeMap<>();
        json.path("properties")
                .properties()
                .forEach(p -> properties.put(p.getKey(), p.getValue().asString()));
        List<String> formats = strings(json.required("formats"));
        List<Offer> offers = new ArrayList<>();
        for (JsonNode offer : json.required("offers")) {
            offers.add(
                    new Offer(
                            Policy.fromJson(offer.required("policy")),
                            readTariff(offer.required("tariff"), "/tariff")));
        }
        String kind = json.required("kind").asString();
        return switch (kind) {
            case "dataset" ->
                    new Asset.Dataset(
                            id,
                            title,
                            description,
                            publisher,
                            properties,
                            json.required("table").asString(),
                            snapshot(json.path("snapshot")),
                            strings(json.path("columns")),
                            formats,
                            offers);
            case "model" ->
                    new Asset.Model(
                            id,
                            title,
                            description,
                            publisher,
                            properties,
                            json.required("sha256").asString(),
                            formats,
                            offers);
            case "application" ->
                    new Asset.Application(
                            id,
                            title,
                            description,
                            publisher,
                            properties,
                            json.required("image").asString(),
                            formats,
                            offers);
            case "compute-offer" ->
                    new Asset.ComputeOffer(
                            id,
                            title,
                            description,
                            publisher,
                            properties,
                            json.required("site").asString(),
                            json.required("flavour").asString(),
                            formats,
                            offers);
            default ->
                    throw new IllegalArgumentException(
                            "asset "
                                    + id
                                    + " is of kind '"
                                    + kind
                                    + "'; kinds are dataset, model, application, compute-offer");
        };
    }

    /** {@code latest}, or none, follows the table; a number pins one snapshot of it. */
    private static long snapshot(JsonNode snapshot) {
        String text = snapshot.asString("latest");
        try {
            return text.equals("latest") ? TableSource.LATEST : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "snapshot '" + text + "' is neither a snapshot id nor 'latest'", e);
        }
    }

    public static ObjectNode write(Tariff tariff) {
        return TariffJson.write(tariff);
    }

    /**
     * @param pointer where the tariff stands, for {@link MemberException}
     */
    public static Tariff readTariff(JsonNode json, String pointer) {
        return TariffJson.read(json, pointer);
    }

    static void strings(ArrayNode array, List<String> values) {
        values.forEach(array::add);
    }

    static List<String> strings(JsonNode array) {
        List<String> values = new ArrayList<>();
        array.forEach(v -> values.add(v.asString()));
        return values;
    }
}
