package org.roadloop.core.clearing;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.roadloop.core.policy.MemberException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tariff as it stands in an offer and in the contract (价目的 JSON 形式).
 *
 * <pre>
 * {"currency": "CNY", "zone": "Asia/Shanghai", "prices": [
 *    {"unit": "use", "per": 1, "milli": 2500},
 *    {"unit": "compute-second", "flavour": "gpu", "per": 60, "milli": 900},
 *    {"model": "tiered", "unit": "row", "per": 1000, "over": "month", "method": "graduated",
 *     "tiers": [{"upTo": 1000000, "milli": 5}, {"milli": 3}]},
 *    {"model": "subscription", "every": "month", "milli": 99000},
 *    {"model": "bounds", "minimumMilli": 1000, "capMilli": 500000},
 *    {"model": "auction", "auction": "auction-7", "unit": "use", "per": 1, "milli": 1700}],
 *  "shares": [{"beneficiary": "did:web:a.example", "basisPoints": 3000}],
 *  "credits": {"objectives": [{"objective": "availability", "basisPoints": 1000}],
 *              "capBasisPoints": 3000}}
 * </pre>
 *
 * <p>A price without {@code model} is one of steps. A member that is not known is refused by its
 * pointer: who reads half a price pays another.
 */
public final class TariffJson {
    private static final List<String> MODELS =
            List.of("steps", "tiered", "subscription", "bounds", "auction");

    private TariffJson() {}

    public static ObjectNode write(Tariff tariff) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("currency", tariff.currency());
        if (!tariff.zone().equals(Tariff.ZONE)) {
            json.put("zone", tariff.zone().getId());
        }
        ArrayNode prices = json.putArray("prices");
        tariff.prices().forEach(price -> write(price, prices.addObject()));
        if (!tariff.shares().isEmpty()) {
            ArrayNode shares = json.putArray("shares");
            for (Tariff.Share share : tariff.shares()) {
                shares.addObject()
                        .put("beneficiary", share.beneficiary())
                        .put("basisPoints", share.basisPoints());
            }
        }
        if (!tariff.credits().equals(Tariff.Credits.NONE)) {
            ObjectNode credits = json.putObject("credits");
            ArrayNode objectives = credits.putArray("objectives");
            for (Tariff.Objective o : tariff.credits().objectives()) {
                objectives
                        .addObject()
                        .put("objective", o.objective())
                        .put("basisPoints", o.basisPoints());
            }
            credits.put("capBasisPoints", tariff.credits().capBasisPoints());
        }
        return json;
    }

    private static void write(Price price, ObjectNode json) {
        switch (price) {
            case Price.PerUnit p -> step(json, p).put("milli", p.milli());
            case Price.Auctioned p -> {
                json.put("model", p.model()).put("auction", p.auction());
                step(json, p).put("milli", p.milli());
            }
            case Price.Tiered p -> {
                json.put("model", p.model());
                step(json, p).put("over", p.monthly() ? "month" : "agreement");
                json.put("method", p.volume() ? "volume" : "graduated");
                ArrayNode tiers = json.putArray("tiers");
                for (Price.Tier tier : p.tiers()) {
                    ObjectNode entry = tiers.addObject();
                    if (tier.upTo() != Price.Tier.OPEN) {
                        entry.put("upTo", tier.upTo());
                    }
                    entry.put("milli", tier.milli());
                }
            }
            case Price.Subscription p ->
                    json.put("model", p.model())
                            .put("every", p.every().name().toLowerCase(Locale.ROOT))
                            .put("milli", p.milli());
            case Price.MonthlyBounds p -> {
                json.put("model", p.model()).put("minimumMilli", p.minimumMilli());
                if (p.capMilli() != Long.MAX_VALUE) {
                    json.put("capMilli", p.capMilli());
                }
            }
        }
    }

    private static ObjectNode step(ObjectNode json, Price.Metered price) {
        json.put("unit", price.unit());
        if (!price.flavour().isEmpty()) {
            json.put("flavour", price.flavour());
        }
        return json.put("per", price.per());
    }

    /**
     * @param pointer where the tariff stands
     * @throws MemberException naming the member that is missing, unknown or of the wrong kind
     */
    public static Tariff read(JsonNode json, String pointer) {
        Members tariff = Members.of(json, pointer);
        tariff.only("currency", "zone", "prices", "shares", "credits");
        ZoneId zone;
        try {
            zone = ZoneId.of(tariff.text("zone", Tariff.ZONE.getId()));
        } catch (DateTimeException e) {
            throw new MemberException(pointer + "/zone", "is no time zone, as Asia/Shanghai is");
        }
        List<Price> prices = new ArrayList<>();
        tariff.requireList("prices").forEach(price -> prices.add(price(price)));
        List<Tariff.Share> shares = new ArrayList<>();
        for (Members share : tariff.list("shares")) {
            share.only("beneficiary", "basisPoints");
            shares.add(
                    share.checked(
                            () ->
                                    new Tariff.Share(
                                            share.text("beneficiary"),
                                            share.integer("basisPoints"))));
        }
        return tariff.checked(
                () -> new Tariff(tariff.text("currency"), zone, prices, shares, credits(tariff)));
    }

    private static Tariff.Credits credits(Members tariff) {
        if (!tariff.has("credits")) {
            return Tariff.Credits.NONE;
        }
        Members credits = tariff.object("credits");
        credits.only("objectives", "capBasisPoints");
        List<Tariff.Objective> objectives = new ArrayList<>();
        for (Members objective : credits.requireList("objectives")) {
            objective.only("objective", "basisPoints");
            objectives.add(
                    objective.checked(
                            () ->
                                    new Tariff.Objective(
                                            objective.text("objective"),
                                            objective.integer("basisPoints"))));
        }
        return credits.checked(
                () -> new Tariff.Credits(objectives, credits.integer("capBasisPoints")));
    }

    private static Price price(Members json) {
        String model = json.word("model", "steps", MODELS);
        return json.checked(
                () ->
                        switch (model) {
                            case "steps" -> {
                                json.only("model", "unit", "flavour", "per", "milli");
                                yield new Price.PerUnit(
                                        json.text("unit"),
                                        json.text("flavour", ""),
                                        json.number("per"),
                                        json.number("milli"));
                            }
                            case "auction" -> {
                                json.only("model", "auction", "unit", "flavour", "per", "milli");
                                yield new Price.Auctioned(
                                        json.text("auction"),
                                        json.text("unit"),
                                        json.text("flavour", ""),
                                        json.number("per"),
                                        json.number("milli"));
                            }
                            case "tiered" -> tiered(json);
                            case "subscription" -> {
                                json.only("model", "every", "milli");
                                String every = json.word("every", "", List.of("day", "month"));
                                yield new Price.Subscription(
                                        every.equals("day") ? Price.Every.DAY : Price.Every.MONTH,
                                        json.number("milli"));
                            }
                            default -> {
                                json.only("model", "minimumMilli", "capMilli");
                                yield new Price.MonthlyBounds(
                                        json.number("minimumMilli", 0),
                                        json.number("capMilli", Long.MAX_VALUE));
                            }
                        });
    }

    private static Price tiered(Members json) {
        json.only("model", "unit", "flavour", "per", "over", "method", "tiers");
        List<Price.Tier> tiers = new ArrayList<>();
        for (Members tier : json.requireList("tiers")) {
            tier.only("upTo", "milli");
            tiers.add(new Price.Tier(tier.number("upTo", Price.Tier.OPEN), tier.number("milli")));
        }
        String over = json.word("over", "agreement", List.of("agreement", "month"));
        String method = json.word("method", "graduated", List.of("graduated", "volume"));
        return new Price.Tiered(
                json.text("unit"),
                json.text("flavour", ""),
                json.number("per", 1),
                over.equals("month"),
                method.equals("volume"),
                tiers);
    }
}
