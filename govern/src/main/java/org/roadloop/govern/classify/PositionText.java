package org.roadloop.govern.classify;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Positions written as text (文本坐标): a pair of degrees, WKT, GeoJSON, GeoHash. Any thread.
 *
 * <p>Only what is exact counts: at least three decimals, which is a hundred metres.
 */
final class PositionText {
    /** Fewer symbols of a GeoHash are more than a kilometre. */
    private static final int LEAST_HASH = 6;

    private static final int MOST_HASH = 12;
    private static final String HASH_SYMBOLS = "0123456789bcdefghjkmnpqrstuvwxyz";
    private static final String NUMBER = "([-+]?\\d{1,3}\\.\\d{3,})";
    private static final Pattern PAIR =
            Pattern.compile(
                    "(?<![\\d.])" + NUMBER + "[°\\s]*[,;，；\\s]\\s*" + NUMBER + "(?![\\d.])");
    private static final Pattern WKT =
            Pattern.compile(
                    "(?i)^(SRID=\\d+;)?(POINT|LINESTRING|POLYGON|MULTI\\w+|GEOMETRYCOLLECTION)\\s*Z?M?"
                            + "\\s*\\(.*");
    private static final Pattern GEO_JSON =
            Pattern.compile("(?s)^\\s*\\{.*\"coordinates\"\\s*:\\s*\\[.*");

    private PositionText() {}

    /** Whether the whole text says nothing but where. */
    static boolean isWhole(String text) {
        if (text.length() < 9) {
            return false;
        }
        char first = text.charAt(0);
        if (first == '{') {
            return GEO_JSON.matcher(text).matches() && hasPair(text);
        }
        if (Character.isLetter(first)) {
            return text.indexOf('(') > 0 && WKT.matcher(text).matches() && hasPair(text);
        }
        return (first == '(' || first == '[' || first == '-' || first == '+' || isDigit(first))
                && isOnlyNumbers(text)
                && hasPair(text);
    }

    /** Whether a pair of degrees stands somewhere in the text. */
    static boolean hasPair(String text) {
        int dot = text.indexOf('.');
        if (dot < 0 || text.indexOf('.', dot + 1) < 0) {
            return false;
        }
        Matcher pairs = PAIR.matcher(text);
        while (pairs.find()) {
            double a = Math.abs(Double.parseDouble(pairs.group(1)));
            double b = Math.abs(Double.parseDouble(pairs.group(2)));
            boolean range = (a <= 180 && b <= 90) || (a <= 90 && b <= 180);
            if (range && a >= 1 && b >= 1) {
                return true;
            }
        }
        return false;
    }

    /** Whether every symbol may be in a GeoHash of this length; many values are needed. */
    static boolean isHashShape(String text) {
        if (text.length() < LEAST_HASH || text.length() > MOST_HASH) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (HASH_SYMBOLS.indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOnlyNumbers(String text) {
        for (int i = 0; i < text.length(); i++) {
            char symbol = text.charAt(i);
            if (!isDigit(symbol) && "+-.,;，； \t()[]°".indexOf(symbol) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(char symbol) {
        return symbol >= '0' && symbol <= '9';
    }
}
