package org.roadloop.govern.classify;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the texts of a column are, and what stands in the midst of them (文本画像): counts by kind,
 * never the values. One thread.
 */
final class TextProfile {
    private static final int MOST_DISTINCT = 512;
    private static final int LONGEST = 4096;

    /** The hundred commonest family names, by their first symbol. */
    private static final String SURNAMES =
            "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁"
                    + "任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
                    + "覃武戴莫孔向汤欧司诸上";

    private final Map<ValueKind, long[]> whole = new EnumMap<>(ValueKind.class);
    private final Map<ValueKind, long[]> inside = new EnumMap<>(ValueKind.class);
    private final NumberProfile numbers = new NumberProfile();
    private final Set<Integer> distinct = new HashSet<>();
    private long values;
    private long numeric;
    private long vinShape;
    private long vinMaker;
    private long forces;
    private long hashShape;
    private long hashLetters;
    private long hashDigits;
    private final long[] hashFirst = new long[128];
    private long surnames;
    private long latinNames;
    private long withDigit;
    private long withBlank;
    private long elevenDigits;
    private long mobilesTold;
    private long seventeenSymbols;

    void add(String raw) {
        String text = raw.length() > LONGEST ? raw.substring(0, LONGEST) : raw;
        text = text.strip();
        if (text.isEmpty()) {
            return;
        }
        values++;
        if (distinct.size() < MOST_DISTINCT) {
            distinct.add(text.hashCode());
        }
        shape(text);
        if (!addWhole(text)) {
            addInside(text);
        }
    }

    void gap() {
        numbers.gap();
    }

    private void shape(String text) {
        boolean digit = false;
        boolean blank = false;
        for (int i = 0; i < text.length(); i++) {
            char symbol = text.charAt(i);
            digit |= symbol >= '0' && symbol <= '9';
            blank |= symbol == ' ';
        }
        withDigit += digit ? 1 : 0;
        withBlank += blank ? 1 : 0;
        if (digit && text.length() <= 20 && isNumber(text)) {
            numeric++;
            numbers.add(Double.parseDouble(text));
        } else {
            numbers.gap();
        }
        vinShape += Validators.isVinShape(text) ? 1 : 0;
        vinMaker += Validators.isVinOfKnownMaker(text) ? 1 : 0;
        forces += NumberPlates.isForces(text) ? 1 : 0;
        if (PositionText.isHashShape(text)) {
            hashShape++;
            hashFirst[text.charAt(0)]++;
            for (int i = 0; i < text.length(); i++) {
                char symbol = text.charAt(i);
                hashLetters += symbol > 'f' ? 1 : 0;
                hashDigits += symbol <= '9' ? 1 : 0;
            }
        }
        if (text.length() <= 4 && text.length() >= 2 && isHan(text)) {
            surnames += SURNAMES.indexOf(text.charAt(0)) >= 0 ? 1 : 0;
        } else if (!digit && blank && text.length() <= 40) {
            latinNames += isLatinName(text) ? 1 : 0;
        }
    }

    /** One text may be several kinds at once; the share over all values tells which it is. */
    private boolean addWhole(String text) {
        boolean any = false;
        any |= count(whole, ValueKind.VIN, Validators.isVin(text));
        any |= count(whole, ValueKind.PLATE, NumberPlates.isPlate(text));
        any |=
                count(
                        whole,
                        ValueKind.PHONE,
                        Validators.isPhone(text) || Validators.isLandline(text));
        any |= count(whole, ValueKind.ID_CARD, Validators.isIdCard(text));
        any |= count(whole, ValueKind.BANK_CARD, Validators.isBankCard(compact(text)));
        any |= count(whole, ValueKind.IMEI, Validators.isImei(text));
        any |= count(whole, ValueKind.ICCID, Validators.isIccid(text));
        any |= count(whole, ValueKind.MAC, Validators.isMac(text));
        any |= count(whole, ValueKind.EMAIL, Validators.isEmail(text));
        any |= count(whole, ValueKind.POSITION_TEXT, PositionText.isWhole(text));
        any |= count(whole, ValueKind.ADDRESS, isAddress(text));
        return any;
    }

    private static String compact(String text) {
        return text.length() >= 19 && text.length() <= 23 ? text.replaceAll("[ -]", "") : text;
    }

    private static boolean count(Map<ValueKind, long[]> counts, ValueKind kind, boolean hit) {
        if (hit) {
            counts.computeIfAbsent(kind, k -> new long[1])[0]++;
        }
        return hit;
    }

    /** Looks at every run of letters and digits; each kind counts once a text. */
    private void addInside(String text) {
        Set<ValueKind> found = new HashSet<>();
        int length = text.length();
        int from = 0;
        while (from < length) {
            char symbol = text.charAt(from);
            if (NumberPlates.begins(symbol)) {
                if (isPlateAt(text, from)) {
                    found.add(ValueKind.PLATE);
                }
                from++;
                continue;
            }
            if (!isAlnum(symbol)) {
                from++;
                continue;
            }
            int to = from + 1;
            while (to < length && isAlnum(text.charAt(to))) {
                to++;
            }
            token(text, from, to, found);
            from = to;
        }
        if (text.indexOf('@') > 0) {
            for (String word : text.split("[\\s,;，；。:：<>()（）]+")) {
                if (Validators.isEmail(word)) {
                    found.add(ValueKind.EMAIL);
                }
            }
        }
        if (PositionText.hasPair(text)) {
            found.add(ValueKind.POSITION_TEXT);
        }
        found.forEach(kind -> count(inside, kind, true));
    }

    private void token(String text, int from, int to, Set<ValueKind> found) {
        int length = to - from;
        if (length == 11 && isDigits(text, from, to)) {
            elevenDigits++;
            if (Validators.isMobile(text, from)) {
                found.add(ValueKind.PHONE);
                mobilesTold += isToldPhone(text, from) ? 1 : 0;
            }
        } else if (length == 13 && text.startsWith("86", from) && isDigits(text, from, to)) {
            elevenDigits++;
            if (Validators.isMobile(text, from + 2)) {
                found.add(ValueKind.PHONE);
            }
        } else if (length == 17) {
            String token = text.substring(from, to);
            if (Validators.isVinShape(token) && !isDigits(text, from, to)) {
                seventeenSymbols++;
                if (Validators.isVin(token) || Validators.isVinOfKnownMaker(token)) {
                    found.add(ValueKind.VIN);
                }
            }
        } else if (length == 18 && Validators.isIdCard(text.substring(from, to))) {
            found.add(ValueKind.ID_CARD);
        }
    }

    /** Whether the words before a number say that one may be called. */
    private static boolean isToldPhone(String text, int at) {
        String before = text.substring(Math.max(0, at - 12), at).toLowerCase(java.util.Locale.ROOT);
        return before.contains("电话")
                || before.contains("手机")
                || before.contains("联系")
                || before.contains("致电")
                || before.contains("tel")
                || before.contains("phone")
                || before.contains("call")
                || before.contains("mobile");
    }

    private static boolean isPlateAt(String text, int from) {
        for (int length = 7; length <= 9; length++) {
            int to = from + length;
            if (to <= text.length()
                    && (to == text.length() || !isAlnum(text.charAt(to)))
                    && NumberPlates.isPlate(text.substring(from, to))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAddress(String text) {
        int road = lastOf(text, "路街道巷弄村");
        int house = lastOf(text, "号室栋幢弄");
        int place = firstOf(text, "省市区县镇");
        return text.length() >= 8 && place > 0 && road > place && house > road;
    }

    private static int lastOf(String text, String symbols) {
        int last = -1;
        for (int i = 0; i < symbols.length(); i++) {
            last = Math.max(last, text.lastIndexOf(symbols.charAt(i)));
        }
        return last;
    }

    private static int firstOf(String text, String symbols) {
        int first = -1;
        for (int i = 0; i < symbols.length(); i++) {
            int at = text.indexOf(symbols.charAt(i));
            first = at >= 0 && (first < 0 || at < first) ? at : first;
        }
        return first;
    }

    private static boolean isHan(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < 0x4e00 || text.charAt(i) > 0x9fa5) {
                return false;
            }
        }
        return true;
    }

    /** Two or three words, each a capital and small letters. */
    private static boolean isLatinName(String text) {
        String[] words = text.split(" ");
        if (words.length < 2 || words.length > 3) {
            return false;
        }
        for (String word : words) {
            if (!word.matches("[A-Z][\\p{Ll}'.-]*")) {
                return false;
            }
        }
        return true;
    }

    private static boolean isNumber(String text) {
        boolean point = false;
        for (int i = 0; i < text.length(); i++) {
            char symbol = text.charAt(i);
            if (symbol == '.') {
                if (point || i == 0 || i == text.length() - 1) {
                    return false;
                }
                point = true;
            } else if (!(symbol >= '0' && symbol <= '9') && !(i == 0 && symbol == '-')) {
                return false;
            }
        }
        return text.length() > 1 || text.charAt(0) != '-';
    }

    private static boolean isDigits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean isAlnum(char symbol) {
        return (symbol >= '0' && symbol <= '9')
                || (symbol >= 'A' && symbol <= 'Z')
                || (symbol >= 'a' && symbol <= 'z');
    }

    long values() {
        return values;
    }

    int distinct() {
        return distinct.size();
    }

    /** Values that are of the kind as a whole. */
    long whole(ValueKind kind) {
        long[] count = whole.get(kind);
        return count == null ? 0 : count[0];
    }

    /** Values of other forms that mention one. */
    long inside(ValueKind kind) {
        long[] count = inside.get(kind);
        return count == null ? 0 : count[0];
    }

    long vinShape() {
        return vinShape;
    }

    long vinOfKnownMaker() {
        return vinMaker;
    }

    long forces() {
        return forces;
    }

    long surnames() {
        return surnames;
    }

    long latinNames() {
        return latinNames;
    }

    double shareNumeric() {
        return values == 0 ? 0 : (double) numeric / values;
    }

    double shareWithDigit() {
        return values == 0 ? 0 : (double) withDigit / values;
    }

    double shareWithBlank() {
        return values == 0 ? 0 : (double) withBlank / values;
    }

    NumberProfile numbers() {
        return numbers;
    }

    /** Tokens of eleven digits in the midst of a text; most order numbers are no mobile numbers. */
    long elevenDigits() {
        return elevenDigits;
    }

    long mobilesTold() {
        return mobilesTold;
    }

    long seventeenSymbols() {
        return seventeenSymbols;
    }

    /**
     * GeoHashes of one region: enough symbols that a random one outside the alphabet would have
     * shown, and the same beginning.
     */
    boolean isGeoHash() {
        long first = 0;
        for (long count : hashFirst) {
            first = Math.max(first, count);
        }
        return hashShape >= 12
                && hashShape >= 0.8 * values
                && first >= 0.9 * hashShape
                && hashLetters > hashShape
                && hashDigits >= 0.2 * hashShape;
    }
}
