package org.roadloop.govern.classify;

import java.time.DateTimeException;
import java.time.LocalDate;

/** Whether a text is a value of a known kind, by grammar and check digit. Any thread. */
public final class Validators {
    /** Value of each letter A..Z in a VIN, 0 for I, O, Q (ISO 3779; GB 16735-2019 Annex). */
    private static final int[] VIN_LETTER = {
        1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9
    };

    private static final int[] VIN_WEIGHT = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    private static final int[] ID_WEIGHT = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    private static final String ID_CHECK = "10X98765432";
    private static final String PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
    private static final String LAST_SPECIAL = "挂学警港澳使领";

    /** Third symbol (small) or last symbol (large) of a new-energy plate (GA 36-2018). */
    private static final String NEW_ENERGY = "DABCEFGHJK";

    private Validators() {}

    /** 17 symbols without I, O, Q. European VINs need no more. */
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
        return text.charAt(8) == (check == 10 ? 'X' : (char) ('0' + check));
    }

    private static int vinValue(char symbol) {
        if (isDigit(symbol)) {
            return symbol - '0';
        }
        if (symbol < 'A' || symbol > 'Z') {
            return -1;
        }
        int value = VIN_LETTER[symbol - 'A'];
        return value == 0 ? -1 : value;
    }

    /** A Chinese number plate of 7 symbols, or 8 for new energy (GA 36-2018). */
    public static boolean isPlate(CharSequence text) {
        int length = text.length();
        if ((length != 7 && length != 8)
                || PROVINCES.indexOf(text.charAt(0)) < 0
                || !isPlateLetter(text.charAt(1))) {
            return false;
        }
        return length == 8 ? isNewEnergyTail(text) : isOrdinaryTail(text);
    }

    private static boolean isOrdinaryTail(CharSequence text) {
        int letters = 0;
        for (int i = 2; i < 7; i++) {
            char symbol = text.charAt(i);
            if (i == 6 && LAST_SPECIAL.indexOf(symbol) >= 0) {
                continue;
            }
            if (!isDigit(symbol)) {
                if (!isPlateLetter(symbol)) {
                    return false;
                }
                letters++;
            }
        }
        return letters <= 2;
    }

    private static boolean isNewEnergyTail(CharSequence text) {
        boolean small =
                NEW_ENERGY.indexOf(text.charAt(2)) >= 0
                        && (isDigit(text.charAt(3)) || isPlateLetter(text.charAt(3)));
        for (int i = 4; i < 8 && small; i++) {
            small = isDigit(text.charAt(i));
        }
        boolean large = NEW_ENERGY.indexOf(text.charAt(7)) >= 0;
        for (int i = 2; i < 7 && large; i++) {
            large = isDigit(text.charAt(i));
        }
        return small || large;
    }

    /** Chinese mobile number, 11 digits from 13. */
    public static boolean isPhone(CharSequence text) {
        return text.length() == 11
                && text.charAt(0) == '1'
                && text.charAt(1) >= '3'
                && allDigits(text, 11);
    }

    /** 18-symbol citizen number with a real birth date and its check symbol (GB 11643-1999). */
    public static boolean isIdCard(CharSequence text) {
        if (text.length() != 18 || !allDigits(text, 17)) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < 17; i++) {
            sum += (text.charAt(i) - '0') * ID_WEIGHT[i];
        }
        if (ID_CHECK.charAt(sum % 11) != Character.toUpperCase(text.charAt(17))) {
            return false;
        }
        try {
            LocalDate birth =
                    LocalDate.of(
                            Integer.parseInt(text, 6, 10, 10),
                            Integer.parseInt(text, 10, 12, 10),
                            Integer.parseInt(text, 12, 14, 10));
            return birth.getYear() >= 1850;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private static boolean allDigits(CharSequence text, int count) {
        for (int i = 0; i < count; i++) {
            if (!isDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(char symbol) {
        return symbol >= '0' && symbol <= '9';
    }

    private static boolean isPlateLetter(char symbol) {
        return symbol >= 'A' && symbol <= 'Z' && symbol != 'I' && symbol != 'O';
    }
}
