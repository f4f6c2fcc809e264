package org.roadloop.govern.classify;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whether a text is a value of a known kind, by grammar and check digit (取值校验); plates are in
 * {@link NumberPlates}, positions in {@link PositionText}. Any thread.
 */
public final class Validators {
    /** Value of each letter A..Z in a VIN, 0 for I, O, Q (ISO 3779; GB 16735-2019 Annex). */
    private static final int[] VIN_LETTER = {
        1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9
    };

    private static final int[] VIN_WEIGHT = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    private static final int[] ID_WEIGHT = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    private static final String ID_CHECK = "10X98765432";

    /** First two digits of a citizen number: the province (GB/T 2260). */
    private static final Set<Integer> ID_PROVINCES =
            Set.of(
                    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45,
                    46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83);

    /**
     * Second and third digit of mobile numbers that are given out (工信部 number plan, from memory).
     */
    private static final boolean[] MOBILE = new boolean[1000];

    private static final Pattern COUNTRY = Pattern.compile("^(\\+?86|0086)[ -]?");
    private static final Pattern GROUPS = Pattern.compile("^(\\d{3})[ -](\\d{4})[ -](\\d{4})$");

    /** World manufacturer identifiers of makers whose VINs have no check digit (ISO 3780). */
    private static final Set<String> EUROPEAN_MAKERS =
            Set.of(
                    "WVW", "WV1", "WV2", "WVG", "WAU", "WUA", "TRU", "WBA", "WBS", "WBY", "WBX",
                    "WDB", "WDC", "WDD", "WDF", "W1K", "W1N", "W1V", "WME", "WP0", "WP1", "W0L",
                    "W0V", "WF0", "WMW", "WMA", "WEB", "VF1", "VF2", "VF3", "VF6", "VF7", "VF8",
                    "VR1", "VR3", "VR7", "VSS", "VS6", "VSK", "VSX", "VNK", "VN1", "ZFA", "ZFF",
                    "ZAR", "ZAM", "ZHW", "ZLA", "ZCF", "TMB", "TMA", "TSM", "U5Y", "UU1", "SAL",
                    "SAJ", "SAR", "SCA", "SCB", "SCC", "SCF", "SB1", "SHH", "SJN", "SUF", "YV1",
                    "YV2", "YV4", "YS2", "YS3", "XLR", "XTA", "X7L", "X9F", "XW8", "NMT", "NM0",
                    "NLH", "LRW", "LSV", "LFV");

    static {
        int[] prefixes = {
            130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 145, 146, 147, 148, 149, 150, 151,
            152, 153, 155, 156, 157, 158, 159, 162, 165, 166, 167, 170, 171, 172, 173, 174, 175,
            176, 177, 178, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191, 192, 193,
            195, 196, 197, 198, 199
        };
        for (int prefix : prefixes) {
            MOBILE[prefix] = true;
        }
    }

    private Validators() {}

    /** 17 symbols without I, O, Q, in one case. European VINs need no more. */
    public static boolean isVinShape(CharSequence text) {
        if (text.length() != 17) {
            return false;
        }
        for (int i = 0; i < 17; i++) {
            if (vinValue(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Shape and check digit in place 9, as GB 16735 and 49 CFR 565 require. */
    public static boolean isVin(CharSequence text) {
        if (!isVinShape(text)) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < 17; i++) {
            sum += vinValue(text.charAt(i)) * VIN_WEIGHT[i];
        }
        int check = sum % 11;
        return upper(text.charAt(8)) == (check == 10 ? 'X' : (char) ('0' + check));
    }

    /** Shape, a known maker in front, and four digits at the end (ISO 3779 §5.4). */
    public static boolean isVinOfKnownMaker(CharSequence text) {
        if (!isVinShape(text)) {
            return false;
        }
        for (int i = 13; i < 17; i++) {
            if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        char[] maker = {upper(text.charAt(0)), upper(text.charAt(1)), upper(text.charAt(2))};
        return EUROPEAN_MAKERS.contains(new String(maker));
    }

    private static char upper(char symbol) {
        return symbol >= 'a' && symbol <= 'z' ? (char) (symbol - 32) : symbol;
    }

    private static int vinValue(char any) {
        char symbol = upper(any);
        if (isDigit(symbol)) {
            return symbol - '0';
        }
        if (symbol < 'A' || symbol > 'Z') {
            return -1;
        }
        int value = VIN_LETTER[symbol - 'A'];
        return value == 0 ? -1 : value;
    }

    /** A Chinese number plate, see {@link NumberPlates#isPlate}. */
    public static boolean isPlate(CharSequence text) {
        return NumberPlates.isPlate(text);
    }

    /** Chinese mobile number: 11 digits of a prefix that is given out; +86 and groups may be. */
    public static boolean isPhone(CharSequence text) {
        int length = text.length();
        if (length < 11 || length > 18 || !(isDigit(text.charAt(0)) || text.charAt(0) == '+')) {
            return false;
        }
        String digits = text.toString();
        if (length != 11) {
            digits = COUNTRY.matcher(digits).replaceFirst("");
            if (digits.length() == 13) {
                digits = GROUPS.matcher(digits).replaceFirst("$1$2$3");
            }
        }
        return digits.length() == 11 && isMobile(digits, 0);
    }

    /** Whether 11 digits from here are a mobile number. */
    static boolean isMobile(CharSequence text, int from) {
        for (int i = from; i < from + 11; i++) {
            if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        return MOBILE[Integer.parseInt(text, from, from + 3, 10)];
    }

    static boolean isMobile(long number) {
        return number >= 13_000_000_000L
                && number <= 19_999_999_999L
                && MOBILE[(int) (number / 100_000_000L)];
    }

    /** Area code, a dash and seven or eight digits. */
    public static boolean isLandline(CharSequence text) {
        int length = text.length();
        if (length < 11 || length > 13 || text.charAt(0) != '0') {
            return false;
        }
        int dash = text.charAt(3) == '-' ? 3 : text.charAt(4) == '-' ? 4 : -1;
        int local = length - dash - 1;
        return dash > 0
                && (local == 7 || local == 8)
                && digits(text, 0, dash)
                && digits(text, dash + 1, length);
    }

    /**
     * Citizen number with a province, a real birth date and its check symbol (GB 11643-1999), or
     * one of 15 digits.
     */
    public static boolean isIdCard(CharSequence text) {
        int length = text.length();
        if (length == 15) {
            return digits(text, 0, 15) && hasProvince(text) && isDate(text, 6, 2, 1900);
        }
        if (length != 18 || !digits(text, 0, 17) || !hasProvince(text)) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < 17; i++) {
            sum += (text.charAt(i) - '0') * ID_WEIGHT[i];
        }
        return ID_CHECK.charAt(sum % 11) == upper(text.charAt(17)) && isDate(text, 6, 4, 0);
    }

    private static boolean hasProvince(CharSequence text) {
        return ID_PROVINCES.contains(Integer.parseInt(text, 0, 2, 10));
    }

    private static boolean isDate(CharSequence text, int from, int yearDigits, int century) {
        int month = from + yearDigits;
        try {
            LocalDate birth =
                    LocalDate.of(
                            century + Integer.parseInt(text, from, month, 10),
                            Integer.parseInt(text, month, month + 2, 10),
                            Integer.parseInt(text, month + 2, month + 4, 10));
            return birth.getYear() >= 1850 && birth.getYear() <= 2100;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /**
     * 16 to 19 digits of a card network (ISO/IEC 7812: UnionPay 62, Visa 4, Mastercard 51-55 and
     * 2221-2720, JCB 35) with their check digit.
     */
    public static boolean isBankCard(CharSequence text) {
        int length = text.length();
        if (length < 16 || length > 19 || !digits(text, 0, length)) {
            return false;
        }
        int four = Integer.parseInt(text, 0, 4, 10);
        boolean network =
                four / 100 == 62
                        || (length == 16
                                && (four / 1000 == 4
                                        || (four / 100 >= 51 && four / 100 <= 55)
                                        || (four >= 2221 && four <= 2720)
                                        || four / 100 == 35));
        return network && isLuhn(text);
    }

    /** 15 digits: a reporting body that gives out codes, and the check digit (3GPP TS 23.003). */
    public static boolean isImei(CharSequence text) {
        if (text.length() != 15 || !digits(text, 0, 15)) {
            return false;
        }
        int body = Integer.parseInt(text, 0, 2, 10);
        return (body == 35 || body == 86 || body == 1 || body == 99) && isLuhn(text);
    }

    /**
     * Number of a SIM card (ITU-T E.118): 89 and the check digit; Chinese ones begin 8986, have 20
     * symbols, and may have letters and no check digit.
     */
    public static boolean isIccid(CharSequence text) {
        int length = text.length();
        if ((length != 19 && length != 20) || text.charAt(0) != '8' || text.charAt(1) != '9') {
            return false;
        }
        boolean chinese = text.charAt(2) == '8' && text.charAt(3) == '6';
        for (int i = 2; i < length; i++) {
            char symbol = upper(text.charAt(i));
            if (!isDigit(symbol) && !(chinese && symbol >= 'A' && symbol <= 'F')) {
                return false;
            }
        }
        return chinese || isLuhn(text);
    }

    /** Six pairs of hexadecimal digits between colons or dashes. */
    public static boolean isMac(CharSequence text) {
        if (text.length() != 17 || (text.charAt(2) != ':' && text.charAt(2) != '-')) {
            return false;
        }
        for (int i = 0; i < 17; i++) {
            boolean good =
                    i % 3 == 2
                            ? text.charAt(i) == text.charAt(2)
                            : Character.digit(text.charAt(i), 16) >= 0;
            if (!good) {
                return false;
            }
        }
        return true;
    }

    /** A local part, one @, and a name of a host with a dot. */
    public static boolean isEmail(CharSequence text) {
        int at = -1;
        int dot = -1;
        for (int i = 0; i < text.length(); i++) {
            char symbol = text.charAt(i);
            if (symbol == '@') {
                if (at >= 0 || i == 0) {
                    return false;
                }
                at = i;
            } else if (symbol == '.') {
                dot = i;
            } else if (symbol > 126
                    || !(isWord(symbol) || (at < 0 && "+%'".indexOf(symbol) >= 0))) {
                return false;
            }
        }
        return at > 0 && dot > at + 1 && text.length() - dot > 2 && text.length() <= 254;
    }

    private static boolean isWord(char symbol) {
        return isDigit(symbol)
                || (upper(symbol) >= 'A' && upper(symbol) <= 'Z')
                || symbol == '_'
                || symbol == '-';
    }

    /** The check digit of ISO/IEC 7812-1 Annex B over digits only. */
    static boolean isLuhn(CharSequence text) {
        int sum = 0;
        for (int i = text.length() - 1, place = 0; i >= 0; i--, place++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            int weighted = place % 2 == 0 ? digit : 2 * digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }
        return sum % 10 == 0;
    }

    private static boolean digits(CharSequence text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(char symbol) {
        return symbol >= '0' && symbol <= '9';
    }
}
