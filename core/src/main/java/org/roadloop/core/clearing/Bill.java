package org.roadloop.core.clearing;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the uses under one agreement cost so far (账单). Money in thousandths of the currency's main
 * unit (厘).
 *
 * @param lines one a unit, by unit
 */
public record Bill(
        String agreement,
        String provider,
        String consumer,
        String currency,
        List<Line> lines,
        long totalMilli) {
    /**
     * All uses of one unit.
     *
     * @param quantity total, in {@code unit}
     * @param per so many units are one step of the price
     * @param priceMilli for each started step; 0 if the tariff has no price for the unit
     * @param uses number of metered uses
     */
    public record Line(
            String unit, long quantity, long uses, long per, long priceMilli, long amountMilli) {}

    public Bill {
        lines = List.copyOf(lines);
        long sum = 0;
        for (Line line : lines) {
            sum = Math.addExact(sum, line.amountMilli());
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

    public ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("agreement", agreement).put("provider", provider).put("consumer", consumer);
        json.put("currency", currency);
        ArrayNode array = json.putArray("lines");
        for (Line line : lines) {
            array.addObject()
                    .put("unit", line.unit())
                    .put("quantity", line.quantity())
                    .put("uses", line.uses())
                    .put("per", line.per())
                    .put("priceMilli", line.priceMilli())
                    .put("amountMilli", line.amountMilli());
        }
        return json.put("totalMilli", totalMilli);
    }

    /** RFC 4180, one row a line and one for the total. */
    public String toCsv() {
        StringBuilder out =
                new StringBuilder(
                        "agreement,provider,consumer,currency,unit,quantity,uses,per,priceMilli,"
                                + "amountMilli\r\n");
        String head =
                String.join(
                        ",", field(agreement), field(provider), field(consumer), field(currency));
        for (Line line : lines) {
            out.append(head).append(',').append(field(line.unit()));
            out.append(',').append(line.quantity()).append(',').append(line.uses());
            out.append(',').append(line.per()).append(',').append(line.priceMilli());
            out.append(',').append(line.amountMilli()).append("\r\n");
        }
        return out.append(head).append(",total,,,,,").append(totalMilli).append("\r\n").toString();
    }

    private static String field(String text) {
        return text.matches("[^\",\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
