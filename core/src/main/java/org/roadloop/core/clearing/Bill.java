package org.roadloop.core.clearing;

import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one agreement cost in a period (账单). Money in thousandths of the currency's main unit (厘),
 * without taxes: they are left to the invoice.
 *
 * @param from first clearing day; null: from the beginning
 * @param through last clearing day; null: so far
 * @param zone of the clearing days
 * @param closedThrough last closed day; later days may still change. Null: none is closed
 * @param lines by kind and unit
 * @param credits given back for missed service levels
 * @param shares what of the total went from the provider to others; no part of the total
 */
public record Bill(
        String agreement,
        String provider,
        String consumer,
        Tariff tariff,
        String zone,
        @Nullable LocalDate from,
        @Nullable LocalDate through,
        @Nullable LocalDate closedThrough,
        List<Line> lines,
        List<Credit> credits,
        List<Share> shares,
        long totalMilli) {
    /**
     * Charges of one kind and unit.
     *
     * @param kind {@code usage}, {@code subscription}, {@code bounds}, {@code correction}
     * @param model of the price, as in {@link TariffJson}; {@code free} if there is none
     * @param unit of the quantity: of the use, or {@code day}, {@code month}
     * @param quantity total, in {@code unit}; negative where a correction took back
     * @param uses number of metered uses
     * @param per so many units are one step of the price
     * @param priceMilli for each started step, in tiers of the first; 0 if the tariff has no price
     *     for the unit
     * @param steps charged in this period; 0 where steps have several prices or none
     */
    public record Line(
            String kind,
            String model,
            String unit,
            String flavour,
            long quantity,
            long uses,
            long per,
            long priceMilli,
            long steps,
            long amountMilli,
            Evidence evidence) {}

    /**
     * @param basisPoints of the base
     * @param baseMilli the charge of the day of the miss
     * @param amountMilli given back, positive
     */
    public record Credit(
            LocalDate bookedOn,
            String objective,
            long basisPoints,
            long baseMilli,
            long amountMilli,
            Evidence evidence) {}

    public record Share(String beneficiary, long basisPoints, long amountMilli) {}

    public Bill {
        lines = List.copyOf(lines);
        credits = List.copyOf(credits);
        shares = List.copyOf(shares);
        long sum = 0;
        for (Line line : lines) {
            sum = Math.addExact(sum, line.amountMilli());
        }
        for (Credit credit : credits) {
            sum = Math.subtractExact(sum, credit.amountMilli());
        }
        if (sum != totalMilli) {
            throw new IllegalArgumentException(
                    "bill of agreement "
                            + agreement
                            + " says "
                            + totalMilli
                            + ", its lines "
                            + sum);
        }
    }

    public String currency() {
        return tariff.currency();
    }

    public ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("agreement", agreement).put("provider", provider).put("consumer", consumer);
        json.put("currency", currency()).put("zone", zone);
        date(json, "from", from);
        date(json, "through", through);
        date(json, "closedThrough", closedThrough);
        ArrayNode lineArray = json.putArray("lines");
        for (Line line : lines) {
            ObjectNode entry = lineArray.addObject();
            entry.put("kind", line.kind()).put("model", line.model()).put("unit", line.unit());
            if (!line.flavour().isEmpty()) {
                entry.put("flavour", line.flavour());
            }
            entry.put("quantity", line.quantity()).put("uses", line.uses());
            entry.put("per", line.per()).put("priceMilli", line.priceMilli());
            entry.put("steps", line.steps()).put("amountMilli", line.amountMilli());
            entry.set("evidence", line.evidence().toJson());
        }
        ArrayNode creditArray = json.putArray("credits");
        for (Credit credit : credits) {
            ObjectNode entry = creditArray.addObject();
            entry.put("bookedOn", credit.bookedOn().toString());
            entry.put("objective", credit.objective()).put("basisPoints", credit.basisPoints());
            entry.put("baseMilli", credit.baseMilli()).put("amountMilli", credit.amountMilli());
            entry.set("evidence", credit.evidence().toJson());
        }
        ArrayNode shareArray = json.putArray("shares");
        for (Share share : shares) {
            shareArray
                    .addObject()
                    .put("beneficiary", share.beneficiary())
                    .put("basisPoints", share.basisPoints())
                    .put("amountMilli", share.amountMilli());
        }
        json.put("totalMilli", totalMilli).put("taxes", "left to the invoice");
        json.set("tariff", TariffJson.write(tariff));
        return json;
    }

    private static void date(ObjectNode json, String name, @Nullable LocalDate date) {
        if (date != null) {
            json.put(name, date.toString());
        }
    }

    /** RFC 4180; what the total is of stands before it, shares after it. */
    public String toCsv() {
        return BillCsv.write(this);
    }

    /** Of a page. */
    public enum Language {
        CHINESE,
        ENGLISH,
        BOTH
    }

    /** What the page says besides; markup is not for what others wrote. */
    public record Note(String chinese, String english) {
        public static final Note NONE = new Note("", "");
    }

    /** A page to print, in Chinese and English; needs nothing but itself. */
    public String toHtml() {
        return toHtml(Language.BOTH, Note.NONE);
    }

    public String toHtml(Language language, Note note) {
        return BillPage.write(this, language, note);
    }
}
