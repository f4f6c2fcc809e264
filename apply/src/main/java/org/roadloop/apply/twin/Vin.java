package org.roadloop.apply.twin;

/**
 * Made-up vehicle identification numbers (车架号): the check digit is right (GB 16735-2019 and ISO
 * 3779, position 9), the world manufacturer code {@code A00} belongs to nobody.
 */
final class Vin {
    private static final int[] WEIGHTS = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};

    private Vin() {}

    /**
     * @param serial 0 … 999,999
     */
    static String of(int serial) {
        StringBuilder vin = new StringBuilder("A00TWN25_T0");
        String digits = Integer.toString(1_000_000 + serial).substring(1);
        vin.append(digits);
        vin.setCharAt(8, checkDigit(vin));
        return vin.toString();
    }

    /** The digit that belongs at index 8, whatever stands there. */
    static char checkDigit(CharSequence vin) {
        int sum = 0;
        for (int i = 0; i < 17; i++) {
            if (i != 8) {
                sum += WEIGHTS[i] * value(vin.charAt(i));
            }
        }
        int rest = sum % 11;
        return rest == 10 ? 'X' : (char) ('0' + rest);
    }

    private static int value(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'A' && c <= 'H') {
            return c - 'A' + 1;
        }
        if (c >= 'J' && c <= 'R' && c != 'O' && c != 'Q') {
            return c - 'J' + 1;
        }
        if (c >= 'S' && c <= 'Z') {
            return c - 'S' + 2;
        }
        throw new IllegalArgumentException("'" + c + "' never stands in a VIN");
    }
}
