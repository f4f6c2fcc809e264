package org.roadloop.core.policy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Codes of regions (行政区划代码), of which one and the same place has several: GB/T 2260 with six digits
 * ({@code 310115}), ISO 3166-2 with the letters it has had for China since 2017 ({@code CN-SH}) or
 * the digits before ({@code CN-31}), and below a province the latter with the rest of the six
 * digits ({@code CN-31-0115}).
 */
final class Region {
    /** GB/T 2260 table 1 with ISO 3166-2:CN. */
    private static final Map<String, String> PROVINCES =
            Map.ofEntries(
                    Map.entry("11", "BJ"),
                    Map.entry("12", "TJ"),
                    Map.entry("13", "HE"),
                    Map.entry("14", "SX"),
                    Map.entry("15", "NM"),
                    Map.entry("21", "LN"),
                    Map.entry("22", "JL"),
                    Map.entry("23", "HL"),
                    Map.entry("31", "SH"),
                    Map.entry("32", "JS"),
                    Map.entry("33", "ZJ"),
                    Map.entry("34", "AH"),
                    Map.entry("35", "FJ"),
                    Map.entry("36", "JX"),
                    Map.entry("37", "SD"),
                    Map.entry("41", "HA"),
                    Map.entry("42", "HB"),
                    Map.entry("43", "HN"),
                    Map.entry("44", "GD"),
                    Map.entry("45", "GX"),
                    Map.entry("46", "HI"),
                    Map.entry("50", "CQ"),
                    Map.entry("51", "SC"),
                    Map.entry("52", "GZ"),
                    Map.entry("53", "YN"),
                    Map.entry("54", "XZ"),
                    Map.entry("61", "SN"),
                    Map.entry("62", "GS"),
                    Map.entry("63", "QH"),
                    Map.entry("64", "NX"),
                    Map.entry("65", "XJ"),
                    Map.entry("71", "TW"),
                    Map.entry("81", "HK"),
                    Map.entry("82", "MO"));

    private Region() {}

    /**
     * What each of the code's regions is directly a part of; names of the same region are part of
     * each other. Nothing for other codes.
     */
    static Map<String, Set<String>> partOf(String code) {
        Map<String, Set<String>> edges = new HashMap<>();
        String digits = digits(code);
        String letters = PROVINCES.get(digits.isEmpty() ? "" : digits.substring(0, 2));
        if (letters == null) {
            return edges;
        }
        String province = digits.substring(0, 2);
        String prefecture = digits.substring(0, 4);
        if (!code.equals(digits)) {
            link(edges, code, digits);
        }
        link(edges, digits, prefecture + "00");
        link(edges, prefecture + "00", province + "0000");
        link(edges, province + "0000", "CN-" + province);
        link(edges, "CN-" + province, "CN-" + letters);
        link(edges, "CN-" + letters, province + "0000");
        link(edges, "CN-" + letters, "CN");
        return edges;
    }

    private static void link(Map<String, Set<String>> edges, String part, String whole) {
        if (!part.equals(whole)) {
            edges.computeIfAbsent(part, p -> new HashSet<>()).add(whole);
        }
    }

    /** Six digits; empty for a code of another kind. */
    private static String digits(String code) {
        if (code.matches("[1-8]\\d{5}")) {
            return code;
        }
        if (code.matches("CN-[1-8]\\d(-\\d{4})?")) {
            String rest = code.substring(3).replace("-", "");
            return rest.length() == 2 ? rest + "0000" : rest;
        }
        if (code.matches("CN-[A-Z]{2}")) {
            return PROVINCES.entrySet().stream()
                    .filter(e -> e.getValue().equals(code.substring(3)))
                    .map(e -> e.getKey() + "0000")
                    .findFirst()
                    .orElse("");
        }
        return "";
    }
}
