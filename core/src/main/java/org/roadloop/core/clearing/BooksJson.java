package org.roadloop.core.clearing;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.roadloop.core.ledger.Jcs;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The state of the books as JCS bytes (账簿状态). Amounts and quantities are texts: JSON numbers are
 * exact only to 2^53.
 */
final class BooksJson {
    private BooksJson() {}

    static byte[] state(
            SortedMap<String, AgreementAccount> agreements,
            Accounts accounts,
            Map<String, Long> counts,
            Optional<LocalDate> closedThrough) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        closedThrough.ifPresent(day -> json.put("closedThrough", day.toString()));
        ArrayNode balances = json.putArray("accounts");
        accounts.trialBalance()
                .forEach(
                        (account, milli) ->
                                balances.addObject()
                                        .put("participant", account.participant())
                                        .put("kind", account.kind().name())
                                        .put("currency", account.currency())
                                        .put("milli", Long.toString(milli)));
        ArrayNode list = json.putArray("agreements");
        agreements.values().forEach(agreement -> list.add(state(agreement)));
        ObjectNode named = json.putObject("counts");
        counts.forEach((name, times) -> named.put(name, Long.toString(times)));
        return Jcs.bytes(json);
    }

    private static ObjectNode state(AgreementAccount agreement) {
        ObjectNode json = JsonMapper.shared().createObjectNode().put("id", agreement.id);
        ArrayNode meters = json.putArray("meters");
        for (Meter meter : agreement.meters.values()) {
            ObjectNode entry = meters.addObject();
            entry.put("unit", meter.key.unit()).put("flavour", meter.key.flavour());
            entry.put("month", meter.key.month()).put("uses", Long.toString(meter.uses));
            entry.put("quantity", Long.toString(meter.quantity));
            entry.put("bookedMilli", Long.toString(meter.bookedMilli));
        }
        ArrayNode waiting = json.putArray("waiting");
        agreement.waiting.forEach(
                (key, lines) -> {
                    long quantity = 0;
                    for (Meter.Line line : lines.values()) {
                        quantity += line.quantity;
                    }
                    waiting.addObject()
                            .put("unit", key.unit())
                            .put("flavour", key.flavour())
                            .put("quantity", Long.toString(quantity));
                });
        long adjusted = 0;
        int adjustments = 0;
        for (var day : agreement.adjustments.values()) {
            for (AgreementAccount.Adjustment adjustment : day) {
                adjusted += adjustment.amountMilli();
                adjustments++;
            }
        }
        json.put("adjustments", adjustments).put("adjustedMilli", Long.toString(adjusted));
        return json.put("misses", agreement.misses.size());
    }

    static String hash(byte[] state) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(state));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }
}
