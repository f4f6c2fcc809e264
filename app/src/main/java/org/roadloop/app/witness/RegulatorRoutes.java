package org.roadloop.app.witness;

import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.ledger.InclusionProof;
import org.roadloop.core.ledger.TransparencyLog;
import org.roadloop.core.ledger.TreeHash;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a regulator sees (监管视图): the whole tree as hashes, so that it can be recomputed and held
 * against the signed checkpoint, and the leaves of the released types. Payloads never.
 */
final class RegulatorRoutes {
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1000;

    private final TransparencyLog ledger;
    private final Set<String> released;

    /**
     * @param released event types whose leaves are shown
     */
    RegulatorRoutes(TransparencyLog ledger, List<String> released) {
        this.ledger = ledger;
        this.released = Set.copyOf(released);
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/v1/regulator/entries",
                        Role.REGULATOR,
                        "Leaf hashes from ?after on; the leaf too where its type is released;"
                                + " ?type for those of one released type only",
                        this::entries),
                Route.get(
                        "/api/v1/regulator/entries/{index}/inclusion",
                        Role.REGULATOR,
                        "RFC 6962 audit path of an entry in the tree of ?size, without the entry",
                        this::inclusion),
                Route.get(
                        "/api/v1/regulator/consistency",
                        Role.REGULATOR,
                        "RFC 6962 proof that the tree of ?new begins with that of ?old",
                        this::consistency),
                Route.get(
                        "/api/v1/regulator/tile/{level}/{n}",
                        Role.REGULATOR,
                        "Hash tile (C2SP tlog-tiles), the first ?width of 256 hashes",
                        this::tile));
    }

    private void entries(Context c) {
        long from = number(c, "after", -1) + 1;
        int limit = (int) Math.clamp(number(c, "limit", DEFAULT_LIMIT), 1, MAX_LIMIT);
        String type = c.queryParam("type");
        if (type != null && !released.contains(type)) {
            throw new Problem(
                    403,
                    "type_not_released",
                    "entries of type '"
                            + type
                            + "' are not released to regulators; released are "
                            + String.join(", ", released.stream().sorted().toList()));
        }
        long size = ledger.size();
        List<Map<String, Object>> items = new ArrayList<>();
        long index = from;
        // With a type, a page looks at a bounded number of entries, however rare the type is.
        long end = Math.min(size, from + (type == null ? limit : 16L * MAX_LIMIT));
        for (; index < end && items.size() < limit; index++) {
            Map<String, Object> item = item(index, type);
            if (!item.isEmpty()) {
                items.add(item);
            }
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("size", size);
        answer.put("items", items);
        if (index < size) {
            answer.put("next", index - 1);
        }
        c.json(answer);
    }

    /** Empty if it is of another type than the one asked for. */
    private Map<String, Object> item(long index, @Nullable String wanted) {
        byte[] leaf = ledger.leaf(index);
        String type = type(leaf);
        if (wanted != null && !wanted.equals(type)) {
            return Map.of();
        }
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("index", index);
        item.put("leafHash", HexFormat.of().formatHex(leafHash(index)));
        if (released.contains(type)) {
            item.put("type", type);
            item.put("leaf", Base64.getEncoder().encodeToString(leaf));
        }
        return item;
    }

    private static String type(byte[] leaf) {
        return Json.mapper().readTree(leaf).path("type").asString("");
    }

    /** From the tile, so that it is the hash the log is made of, whatever its algorithm. */
    private byte[] leafHash(long index) {
        int at = (int) (index % 256);
        byte[] tile = ledger.tile(0, index / 256, at + 1);
        return Arrays.copyOfRange(tile, at * TreeHash.BYTES, (at + 1) * TreeHash.BYTES);
    }

    private void inclusion(Context c) {
        long index = number(c.pathParam("index"), "index");
        InclusionProof proof = ledger.inclusion(index, number(c, "size", ledger.size()));
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("index", proof.index()).put("size", proof.size());
        json.put("leafHash", HexFormat.of().formatHex(proof.leafHash()));
        hashes(json.putArray("path"), proof.path());
        c.json(json);
    }

    private void consistency(Context c) {
        long newSize = number(c, "new", ledger.size());
        long oldSize = number(c, "old", 0);
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("old", oldSize).put("new", newSize);
        hashes(json.putArray("path"), ledger.consistency(oldSize, newSize).path());
        c.json(json);
    }

    private void tile(Context c) {
        int level = (int) number(c.pathParam("level"), "level");
        long n = number(c.pathParam("n"), "n");
        int width = (int) number(c, "width", 256);
        c.contentType("application/octet-stream").result(ledger.tile(level, n, width));
    }

    private static void hashes(ArrayNode to, List<byte[]> path) {
        path.forEach(hash -> to.add(HexFormat.of().formatHex(hash)));
    }

    private static long number(Context c, String name, long fallback) {
        String text = c.queryParam(name);
        return text == null ? fallback : number(text, name);
    }

    private static long number(String text, String name) {
        if (!text.matches("\\d{1,18}")) {
            throw Problem.badRequest("invalid_" + name, name + " is not a whole number from 0");
        }
        return Long.parseLong(text);
    }
}
