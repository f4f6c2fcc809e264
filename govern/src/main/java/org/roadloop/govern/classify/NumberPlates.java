package org.roadloop.govern.classify;

/**
 * The grammar of Chinese number plates (机动车号牌, GA 36-2018; those of embassies, the forces and
 * emergency services from memory of the plates in use). Any thread.
 */
public final class NumberPlates {
    private static final String PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
    private static final String LAST_SPECIAL = "挂学警港澳使领";

    /** Third symbol (small) or last symbol (large) of a new-energy plate (GA 36-2018). */
    private static final String NEW_ENERGY = "DABCEFGHJK";

    /** First letter of a plate of the forces: service or theatre command. */
    private static final String FORCES = "VKHBSLJNGC";

    private NumberPlates() {}

    /**
     * Whether a text is a plate. Case, blanks, {@code ·} and {@code -} between the symbols do not
     * matter.
     */
    public static boolean isPlate(CharSequence text) {
        if (text.length() < 7 || (text.charAt(0) > '9' && text.charAt(0) < 'W')) {
            return false;
        }
        String plain = plain(text);
        int length = plain.length();
        if (length < 7 || length > 8) {
            return false;
        }
        char first = plain.charAt(0);
        if (first == '使' || first == '领') {
            return length == 7 && digits(plain, 1, 7);
        }
        if (first == 'W' && plain.startsWith("WJ")) {
            return isArmedPolice(plain);
        }
        if (isDigit(first)) {
            return length == 7 && plain.charAt(6) == '使' && digits(plain, 0, 6);
        }
        if (PROVINCES.indexOf(first) < 0 || !isLetter(plain.charAt(1))) {
            return false;
        }
        if (plain.endsWith("应急")) {
            boolean fire = plain.charAt(1) == 'X' || plain.charAt(1) == 'S';
            return fire && length == 8 && digits(plain, 2, 6);
        }
        return length == 8 ? isNewEnergy(plain) : length == 7 && isOrdinary(plain);
    }

    /**
     * Two letters and five digits, which a serial number may be as well: needs a name that agrees.
     */
    public static boolean isForces(CharSequence text) {
        String plain = plain(text);
        return plain.length() == 7
                && FORCES.indexOf(plain.charAt(0)) >= 0
                && isLetter(plain.charAt(1))
                && digits(plain, 2, 7);
    }

    /** Whether a plate may begin with this symbol; for whoever looks through a text. */
    static boolean begins(char symbol) {
        return symbol >= 0x4e00 && (PROVINCES.indexOf(symbol) >= 0 || symbol == '使');
    }

    private static String plain(CharSequence text) {
        if (text.length() > 16) {
            return "";
        }
        StringBuilder plain = new StringBuilder(9);
        for (int i = 0; i < text.length(); i++) {
            char symbol = text.charAt(i);
            if (symbol != ' ' && symbol != '·' && symbol != '-' && symbol != '•') {
                plain.append(symbol >= 'a' && symbol <= 'z' ? (char) (symbol - 32) : symbol);
            }
        }
        return plain.toString();
    }

    private static boolean isArmedPolice(String plain) {
        int from = plain.length() > 2 && PROVINCES.indexOf(plain.charAt(2)) >= 0 ? 3 : 2;
        int last = plain.length() - 1;
        return last - from == 4
                && digits(plain, from, last)
                && (isDigit(plain.charAt(last)) || isLetter(plain.charAt(last)));
    }

    /** At most two letters among the last five. */
    private static boolean isOrdinary(String plain) {
        int letters = 0;
        for (int i = 2; i < 7; i++) {
            char symbol = plain.charAt(i);
            if (i == 6 && LAST_SPECIAL.indexOf(symbol) >= 0) {
                continue;
            }
            if (!isDigit(symbol)) {
                if (!isLetter(symbol)) {
                    return false;
                }
                letters++;
            }
        }
        return letters <= 2;
    }

    private static boolean isNewEnergy(String plain) {
        boolean small =
                NEW_ENERGY.indexOf(plain.charAt(2)) >= 0
                        && (isDigit(plain.charAt(3)) || isLetter(plain.charAt(3)))
                        && digits(plain, 4, 8);
        boolean large = NEW_ENERGY.indexOf(plain.charAt(7)) >= 0 && digits(plain, 2, 7);
        return small || large;
    }

    private static boolean digits(String text, int from, int to) {
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

    private static boolean isLetter(char symbol) {
        return symbol >= 'A' && symbol <= 'Z' && symbol != 'I' && symbol != 'O';
    }
}
