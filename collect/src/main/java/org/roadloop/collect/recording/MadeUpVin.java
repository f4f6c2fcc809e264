package org.roadloop.collect.recording;

/**
 * VINs that belong to nobody (虚构车架号): the region letters ZZZ are assigned to no maker, the check
 * digit is right (ISO 3779; 49 CFR 565.15).
 */
public final class MadeUpVin {
    public static final String MAKER = "ZZZ";
    private static final int[] WEIGHTS = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    private static final String LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ";
    private static final String LETTER_VALUES = "12345678123457923456789";

    private MadeUpVin() {}

    /**
     * A VIN.
     *
     * @param model five characters of A-Z without I, O, Q, and digits
     * @param serial 0..9999999
     */
    public static String of(String model, int serial) {
        if (!model.matches("[A-HJ-NPR-Z0-9]{5}") || serial < 0 || serial > 9_999_999) {
            throw new IllegalArgumentException(
                    "model '%s' needs five VIN characters and serial %d must be 0..9999999"
                            .formatted(model, serial));
        }
        String open = MAKER + model + "0M%07d".formatted(serial);
        return open.substring(0, 8) + checkDigit(open) + open.substring(9);
    }

    /** The character that belongs at position 9 of a VIN. */
    public static char checkDigit(String vin) {
        if (vin.length() != 17) {
            throw new IllegalArgumentException(
                    "a VIN has 17 characters, this one has " + vin.length());
        }
        int sum = 0;
        for (int i = 0; i < 17; i++) {
            sum += WEIGHTS[i] * value(vin.charAt(i));
        }
        int rest = sum % 11;
        return rest == 10 ? 'X' : (char) ('0' + rest);
    }

    private static int value(char character) {
        if (character >= '0' && character <= '9') {
            return character - '0';
        }
        int letter = LETTERS.indexOf(character);
        if (letter < 0) {
            throw new IllegalArgumentException("'" + character + "' is no character of a VIN");
        }
        return LETTER_VALUES.charAt(letter) - '0';
    }
}
