package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.PersonalData.Kind;

/**
 * What names a person in the bytes of a leaf (个人标识): read in place, no object a look. Any thread.
 *
 * <p>A token is a run of letters and digits with neither beside it; a JSON escape before it does
 * not belong to it. So hashes in hex, UUIDs and base64, whose runs have other lengths, pass.
 */
final class PersonalMarks {
    /** Value of A to Z in a VIN, 0 for I, O, Q (GB 16735-2019, annex; ISO 3779). */
    private static final int[] VIN_LETTER = {
        1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9
    };

    private static final int[] VIN_WEIGHT = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    private static final int[] ID_WEIGHT = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    private static final String ID_CHECK = "10X98765432";

    private static final String PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

    /** In place of the last symbol of a plate: trailer, learner, police, 港, 澳, embassies, trial. */
    private static final String LAST_SPECIAL = "挂学警港澳使领试超";

    private static final byte[][] POSITION_WORDS =
            bytes("lat", "lon", "lng", "latitude", "longitude", "coordinates", "纬度", "经度");

    private static final byte[][] SNAPSHOT_WORDS = bytes("snapshot");

    /** Letters and digits; looked up, since in hex nobody can guess which of the two comes next. */
    private static final boolean[] WORD = new boolean[256];

    static {
        for (int c = 0; c < 128; c++) {
            WORD[c] = isDigit(c) || isLetter(c);
        }
    }

    private PersonalMarks() {}

    /** First byte of the token around {@code at}; beyond it if that is part of an escape. */
    static int tokenStart(byte[] leaf, int at, int floor) {
        int start = at;
        while (start > floor && isWord(leaf[start - 1])) {
            start--;
        }
        int slashes = 0;
        while (start - slashes > floor && leaf[start - slashes - 1] == '\\') {
            slashes++;
        }
        if (slashes % 2 == 1) { // \n, or u and four digits
            start += leaf[start] == 'u' ? 5 : 1;
        }
        return start;
    }

    static int tokenEnd(byte[] leaf, int at) {
        int end = at;
        while (end < leaf.length && isWord(leaf[end])) {
            end++;
        }
        return end;
    }

    static @Nullable Kind token(byte[] leaf, int start, int end, boolean digitsOnly) {
        return switch (end - start) {
            case 4 -> digitsOnly && isSpacedMobile(leaf, start) ? Kind.MOBILE : null;
            case 11 -> digitsOnly && isMobile(leaf, start) ? Kind.MOBILE : null;
            case 13 ->
                    digitsOnly
                                    && leaf[start] == '8'
                                    && leaf[start + 1] == '6'
                                    && isMobile(leaf, start + 2)
                            ? Kind.MOBILE
                            : null;
            case 15 ->
                    digitsOnly
                                    && leaf[start] == '0'
                                    && leaf[start + 1] == '0'
                                    && leaf[start + 2] == '8'
                                    && leaf[start + 3] == '6'
                                    && isMobile(leaf, start + 4)
                            ? Kind.MOBILE
                            : null;
            case 17 -> isVin(leaf, start) ? Kind.VIN : null;
            case 18 -> isIdCard(leaf, start) ? Kind.ID_CARD : null;
            default -> null;
        };
    }

    /** From 13 to 19, and not the digits after a decimal point. */
    private static boolean isMobile(byte[] leaf, int at) {
        boolean fraction = at > 1 && leaf[at - 1] == '.' && isDigit(leaf[at - 2]);
        return leaf[at] == '1' && leaf[at + 1] >= '3' && !fraction;
    }

    /** 138-1234-5678 or with blanks; {@code at} is the second group. */
    private static boolean isSpacedMobile(byte[] leaf, int at) {
        if (at < 5 || at + 9 >= leaf.length) {
            return false;
        }
        int between = leaf[at - 1];
        return (between == '-' || between == ' ')
                && leaf[at - 4] == '1'
                && leaf[at - 3] >= '3'
                && isDigit(leaf[at - 3])
                && isDigit(leaf[at - 2])
                && !isWord(leaf[at - 5])
                && leaf[at + 4] == between
                && digits(leaf, at + 5, 4)
                && !isWord(leaf[at + 9]);
    }

    /**
     * The last four are digits, letters have one case, and either the check digit is right (place
     * 9) or the maker is Chinese (L): makers elsewhere need no check digit.
     */
    private static boolean isVin(byte[] leaf, int start) {
        if (!digits(leaf, start + 13, 4)) {
            return false;
        }
        int sum = 0;
        int letterCase = -1;
        for (int i = 0; i < 17; i++) {
            int c = leaf[start + i];
            int value = c - '0';
            if (!isDigit(c)) {
                value = VIN_LETTER[(c & 0x5F) - 'A'];
                if (value == 0 || letterCase >= 0 && letterCase != (c & 0x20)) {
                    return false;
                }
                letterCase = c & 0x20;
            }
            sum += value * VIN_WEIGHT[i];
        }
        int check = leaf[start + 8] & 0x5F;
        boolean right = sum % 11 == 10 ? check == 'X' : leaf[start + 8] == '0' + sum % 11;
        return letterCase >= 0 && (right || (leaf[start] & 0x5F) == 'L');
    }

    private static boolean isIdCard(byte[] leaf, int start) {
        if (!digits(leaf, start, 17)) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < 17; i++) {
            sum += (leaf[start + i] - '0') * ID_WEIGHT[i];
        }
        int last = leaf[start + 17];
        int year = number(leaf, start + 6, 4);
        int month = number(leaf, start + 10, 2);
        int day = number(leaf, start + 12, 2);
        return ID_CHECK.charAt(sum % 11) == (last == 'x' ? 'X' : last)
                && leaf[start] >= '1'
                && leaf[start] <= '8'
                && year >= 1850
                && year < 2100
                && month >= 1
                && month <= 12
                && day >= 1
                && day <= 31;
    }

    /**
     * End of the plate whose province begins at {@code start}, or 0: five symbols after the letter
     * of the city, six for new energy, or four and a special one; at least two are digits.
     */
    static int plateEnd(byte[] leaf, int start) {
        int at = start + 3;
        if (at + 6 > leaf.length || !isLetter(leaf[at]) || !isOneOf(leaf, start, PROVINCES)) {
            return 0;
        }
        at++;
        if (leaf[at] == '-' || leaf[at] == '.' || leaf[at] == ' ') {
            at++;
        } else if (leaf[at] == (byte) 0xC2 && leaf[at + 1] == (byte) 0xB7) { // ·
            at += 2;
        } else if (leaf[at] == (byte) 0xE2 && leaf[at + 1] == (byte) 0x80) { // •
            at += 3;
        }
        int symbols = 0;
        int digits = 0;
        while (at < leaf.length && isWord(leaf[at])) {
            digits += isDigit(leaf[at]) ? 1 : 0;
            symbols++;
            at++;
        }
        boolean special = symbols == 4 && isOneOf(leaf, at, LAST_SPECIAL);
        return digits >= 2 && (symbols == 5 || symbols == 6 || special) ? at : 0;
    }

    private static boolean isOneOf(byte[] leaf, int at, String characters) {
        if (at + 3 > leaf.length || (leaf[at] & 0xF0) != 0xE0) {
            return false;
        }
        int c = (leaf[at] & 0x0F) << 12 | (leaf[at + 1] & 0x3F) << 6 | leaf[at + 2] & 0x3F;
        return characters.indexOf(c) >= 0;
    }

    /** Digits of a number fine enough for a place: four decimals, or 10⁻⁴ degrees as an integer. */
    static boolean isFine(byte[] leaf, int start, int end) {
        boolean fraction = start > 1 && leaf[start - 1] == '.' && isDigit(leaf[start - 2]);
        return fraction || end - start >= 6;
    }

    /**
     * Whether the number with a digit at {@code at} is the value, or in the array, of a member that
     * a word of its name says to be a latitude or longitude.
     *
     * @param clean end of a number that is none; one of the same array is none either
     */
    static boolean isPosition(byte[] leaf, int at, int clean) {
        return isUnder(leaf, at, clean, POSITION_WORDS);
    }

    /**
     * Whether the text that begins at {@code at} is the id of a snapshot of a table: random 63 bits
     * in decimal, one in some million of which would pass for a citizen's number.
     */
    static boolean isSnapshot(byte[] leaf, int at) {
        return isUnder(leaf, at, 0, SNAPSHOT_WORDS);
    }

    private static boolean isUnder(byte[] leaf, int at, int clean, byte[][] words) {
        int i = at;
        while (i > 0 && isArray(leaf[i - 1])) {
            if (--i < clean) {
                return false;
            }
        }
        if (i > 0 && leaf[i - 1] == '"') { // the number stands in a string
            i--;
        }
        if (i < 3 || leaf[i - 1] != ':' || leaf[i - 2] != '"') {
            return false;
        }
        int end = i - 2;
        int start = end;
        while (start > 0 && leaf[start - 1] != '"') {
            start--;
        }
        return hasWord(leaf, start, end, words);
    }

    /** Words are parted by a capital after a small letter, or by what is no letter. */
    private static boolean hasWord(byte[] leaf, int start, int end, byte[][] words) {
        int from = start;
        for (int i = start; i <= end; i++) {
            boolean capital = i > start && i < end && isCapital(leaf[i]) && !isCapital(leaf[i - 1]);
            boolean stop = i == end || leaf[i] >= 0 && !isLetter(leaf[i]);
            if (capital || stop) {
                if (isOneOf(leaf, from, i, words)) {
                    return true;
                }
                from = stop ? i + 1 : i;
            }
        }
        return false;
    }

    /** Whatever the case of its letters. */
    private static boolean isOneOf(byte[] leaf, int start, int end, byte[][] words) {
        for (byte[] word : words) {
            if (word.length == end - start) {
                int i = 0;
                while (i < word.length && lower(leaf[start + i]) == word[i]) {
                    i++;
                }
                if (i == word.length) {
                    return true;
                }
            }
        }
        return false;
    }

    private static int lower(int c) {
        return isCapital(c) ? c | 0x20 : c;
    }

    private static byte[][] bytes(String... words) {
        return Stream.of(words).map(word -> word.getBytes(UTF_8)).toArray(byte[][]::new);
    }

    private static boolean isArray(int c) {
        return isDigit(c)
                || switch (c) {
                    case '.', '-', '+', ',', '[', ']', 'e' -> true;
                    default -> false;
                };
    }

    private static int number(byte[] leaf, int at, int digits) {
        int value = 0;
        for (int i = at; i < at + digits; i++) {
            value = value * 10 + leaf[i] - '0';
        }
        return value;
    }

    private static boolean digits(byte[] leaf, int at, int count) {
        return areDigits(leaf, at, at + count);
    }

    static boolean areDigits(byte[] leaf, int start, int end) {
        for (int i = start; i < end; i++) {
            if (!isDigit(leaf[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isCapital(int c) {
        return c >= 'A' && c <= 'Z';
    }

    private static boolean isLetter(int c) {
        return isCapital(c) || c >= 'a' && c <= 'z';
    }

    private static boolean isWord(int c) {
        return WORD[c & 0xFF];
    }
}
