package org.roadloop.govern.privacy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.roadloop.govern.classify.Validators;

/*
 * The idea. The text is read through a plain copy of the same length: full-width forms, digits of
 * other scripts, dashes and spaces of any kind become their ASCII ones, letters capitals. So a
 * match in the copy is the same stretch of the text, and what is not matched stays as it was
 * written. Each kind has a pattern that allows one separator between any two symbols, and, where
 * the pattern alone would take too much, a check of the symbols without separators. A symbol next
 * to a match that could belong to it ends the match: half of a longer number is none.
 *
 * A wrong hit costs a word of the text, a missed one a person: the checks lean towards the hit.
 */

/** Finds identities and positions in text and puts the name of their kind in their place. */
public final class PersonalText {
    private static final String PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]";
    private static final String SEP = "[ \\-_./:·]?";
    private static final String ALONE = "(?<![A-Z0-9])";
    private static final String END = "(?![A-Z0-9])";
    private static final String NUMBER = "-?\\d{1,3}\\.\\d{3,}";

    private record Kind(String name, Pattern pattern, Predicate<String> check) {}

    /** In order: an earlier kind keeps its stretch of the text. */
    private static final List<Kind> KINDS =
            List.of(
                    new Kind(
                            "email",
                            Pattern.compile(
                                    "[A-Z0-9][A-Z0-9._%+\\-]*"
                                            + " ?(?:@|[\\[(] ?(?:AT|@) ?[\\])]) ?"
                                            + "[A-Z0-9\\-]+(?:\\.[A-Z0-9\\-]+)*\\.[A-Z]{2,}"),
                            text -> true),
                    new Kind(
                            "position",
                            Pattern.compile(
                                    "(?<![\\d.])(?:[NSEW] ?)?(?:(?:LATITUDE|LONGITUDE|LAT|LON|LNG|经度|纬度"
                                            + "|东经|西经|北纬|南纬)[\"' ]*[:= ]*)?"
                                            + NUMBER
                                            + "[° ]{0,2}[NSEW度]?"
                                            + "[ ,;/_]{1,3}[NSEW]? ?\"?(?:(?:LATITUDE|LONGITUDE|LAT|LON"
                                            + "|LNG|经度|纬度|东经|西经|北纬|南纬)[\"' ]*[:= ]*)?"
                                            + NUMBER
                                            + "(?!\\d|\\.\\d)(?: ?°)?(?: ?[NSEW度](?![A-Z]))?"),
                            PersonalText::isPair),
                    new Kind(
                            "position",
                            Pattern.compile(
                                    "(?:(?<![A-Z])(?:LATITUDE|LONGITUDE|LAT|LON|LNG)|经度|纬度|东经|西经|北纬|南纬)"
                                            + "[\"' ]*[:= ]*-?\\d{1,3}\\.\\d{3,}[°度]?"),
                            text -> true),
                    new Kind(
                            "position",
                            Pattern.compile(
                                    "(?<!\\d)\\d{1,3} ?[°度] ?\\d{1,2}(?:\\.\\d+)? ?['′分]"
                                            + "(?: ?\\d{1,2}(?:\\.\\d+)? ?(?:[\"″秒]|''))? ?[NSEW]?"),
                            text -> true),
                    new Kind(
                            "vin",
                            Pattern.compile(
                                    ALONE
                                            + "[A-HJ-NPR-Z0-9](?:"
                                            + SEP
                                            + "[A-HJ-NPR-Z0-9]){16}"
                                            + END),
                            PersonalText::isVin),
                    new Kind(
                            "id_number",
                            Pattern.compile(
                                    ALONE + "\\d(?:" + SEP + "\\d){16}" + SEP + "[\\dX]" + END),
                            PersonalText::isIdNumber),
                    new Kind(
                            "phone",
                            Pattern.compile(
                                    "(?<![A-Z0-9+])(?:\\(?(?:\\+|00)?86\\)?"
                                            + SEP
                                            + ")?1[ \\-]?[3-9](?:"
                                            + SEP
                                            + "\\d){9}(?!\\d)"),
                            text -> true),
                    new Kind(
                            "phone",
                            Pattern.compile(
                                    "(?<!\\d)(?:\\(0\\d{2,3}\\) ?|0\\d{2,3}-)[2-9]\\d{6,7}(?!\\d)"),
                            text -> true),
                    new Kind(
                            "plate",
                            Pattern.compile(
                                    PROVINCE
                                            + SEP
                                            + "[A-HJ-NP-Z]"
                                            + "(?:[ \\-_.·•]?[A-HJ-NP-Z0-9]){4}"
                                            + "(?:(?:[ \\-_.·•]?[A-HJ-NP-Z0-9]){1,2}|[挂学警港澳使领])"
                                            + END),
                            text -> true));

    private PersonalText() {}

    private record Hit(int from, int to, String kind) {}

    /**
     * The text with {@code [vin]}, {@code [plate]}, {@code [phone]}, {@code [id_number]}, {@code
     * [position]}, {@code [email]} in the place of what was found.
     *
     * @param found told the kind of each
     */
    public static String scrub(String text, Consumer<String> found) {
        if (text.length() < 6) {
            return text;
        }
        String plain = plain(text);
        List<Hit> hits = new ArrayList<>();
        for (Kind kind : KINDS) {
            Matcher matcher = kind.pattern.matcher(plain);
            int at = 0;
            while (at < plain.length() && matcher.find(at)) {
                boolean taken =
                        hits.stream()
                                .anyMatch(h -> h.from < matcher.end() && matcher.start() < h.to);
                if (!taken && kind.check.test(matcher.group())) {
                    hits.add(new Hit(matcher.start(), matcher.end(), kind.name));
                    at = matcher.end();
                } else {
                    at = matcher.start() + 1;
                }
            }
        }
        if (hits.isEmpty()) {
            return text;
        }
        hits.sort(Comparator.comparingInt(Hit::from));
        StringBuilder result = new StringBuilder();
        int at = 0;
        for (Hit hit : hits) {
            result.append(text, at, hit.from).append('[').append(hit.kind).append(']');
            at = hit.to;
            found.accept(hit.kind);
        }
        return result.append(text, at, text.length()).toString();
    }

    /** One ASCII character for each that stands for one; the length stays. */
    private static String plain(String text) {
        char[] plain = text.toCharArray();
        for (int i = 0; i < plain.length; i++) {
            char c = plain[i];
            if (c < 128) {
                plain[i] = c >= 'a' && c <= 'z' ? (char) (c - 32) : c;
            } else if (c >= '\uFF01' && c <= '\uFF5E') {
                plain[i] = String.valueOf((char) (c - 0xFEE0)).toUpperCase(Locale.ROOT).charAt(0);
            } else if (Character.isDigit(c)) {
                plain[i] = (char) ('0' + Character.digit(c, 10));
            } else if (Character.isSpaceChar(c) || c == '\u200B' || c == '\uFEFF') {
                plain[i] = ' ';
            } else if (Character.getType(c) == Character.DASH_PUNCTUATION || c == '\u2212') {
                plain[i] = '-';
            } else if (c == '・' || c == '•' || c == '∙') {
                plain[i] = '·';
            } else if (c == '，' || c == '、' || c == '；') {
                plain[i] = ',';
            }
        }
        return new String(plain);
    }

    private static String symbols(String match) {
        StringBuilder symbols = new StringBuilder(match.length());
        for (int i = 0; i < match.length(); i++) {
            char c = match.charAt(i);
            if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')) {
                symbols.append(c);
            }
        }
        return symbols.toString();
    }

    /** With separators only by check digit or in the groups of a VIN; else by its look. */
    private static boolean isVin(String match) {
        String vin = symbols(match);
        if (Validators.isVin(vin)) {
            return true;
        }
        boolean letters = vin.chars().anyMatch(c -> c > '9');
        boolean serial = vin.substring(13).chars().allMatch(c -> c <= '9');
        long digits = vin.chars().filter(c -> c <= '9').count();
        boolean together = match.length() == 17;
        boolean grouped = match.matches("[A-Z0-9]{3}[^A-Z0-9][A-Z0-9]{6}[^A-Z0-9][A-Z0-9]{8}");
        return letters && ((together && (serial || digits >= 5)) || (grouped && serial));
    }

    private static boolean isIdNumber(String match) {
        String id = symbols(match);
        if (Validators.isIdCard(id)) {
            return true;
        }
        // A misread check digit is still a person: the date of birth must be one.
        return match.length() == 18
                && id.matches(
                        "[1-8]\\d{5}(?:19|20)\\d\\d(?:0[1-9]|1[0-2])"
                                + "(?:0[1-9]|[12]\\d|3[01])\\d{3}[\\dX]");
    }

    private static boolean isPair(String match) {
        Matcher numbers = Pattern.compile(NUMBER).matcher(match);
        double[] pair = new double[2];
        for (int i = 0; i < 2 && numbers.find(); i++) {
            pair[i] = Double.parseDouble(numbers.group());
        }
        double least = Math.min(Math.abs(pair[0]), Math.abs(pair[1]));
        double most = Math.max(Math.abs(pair[0]), Math.abs(pair[1]));
        return least <= 90 && most <= 180;
    }
}
