package org.roadloop.core.identity;

/**
 * The number of a legal person or other organisation in China (统一社会信用代码), GB 32100-2015: 18
 * characters, of which the last is a check character over the 17 before it.
 *
 * <pre>
 * 1     registering department (登记管理部门)
 * 2     kind of organisation (机构类别)
 * 3-8   administrative division of registration (登记管理机关行政区划码), digits
 * 9-17  organisation code of GB 11714 (主体标识码)
 * 18    check character: weights 3^(i-1) mod 31, sum mod 31, §4.4
 * </pre>
 *
 * @param value upper case
 */
public record UnifiedSocialCreditCode(String value) implements NationalIdentifier {
    /** Digits and letters without I, O, S, V, Z, which are read as others (GB 32100-2015 §4.2). */
    private static final String ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    private static final int LENGTH = 18;

    public UnifiedSocialCreditCode {
        if (value.length() != LENGTH) {
            throw new IllegalArgumentException(
                    "a unified social credit code has 18 characters, not " + value.length());
        }
        for (int i = 0; i < LENGTH; i++) {
            if (ALPHABET.indexOf(value.charAt(i)) < 0) {
                throw new IllegalArgumentException(
                        "unified social credit code '"
                                + value
                                + "' has a '"
                                + value.charAt(i)
                                + "' at "
                                + (i + 1)
                                + "; digits and capitals without I, O, S, V, Z are used");
            }
            if (i >= 2 && i < 8 && !Character.isDigit(value.charAt(i))) {
                throw new IllegalArgumentException(
                        "unified social credit code '"
                                + value
                                + "' has no administrative division at 3 to 8");
            }
        }
        char expected = check(value);
        if (value.charAt(LENGTH - 1) != expected) {
            throw new IllegalArgumentException(
                    "unified social credit code '"
                            + value
                            + "' ends in '"
                            + value.charAt(LENGTH - 1)
                            + "'; the check character of the rest is '"
                            + expected
                            + "'");
        }
    }

    /** The check character over the first 17. */
    private static char check(String value) {
        int sum = 0;
        int weight = 1;
        for (int i = 0; i < LENGTH - 1; i++) {
            sum += ALPHABET.indexOf(value.charAt(i)) * weight;
            weight = weight * 3 % 31;
        }
        return ALPHABET.charAt((31 - sum % 31) % 31);
    }

    /** Six digits of GB/T 2260: where it is registered. */
    public String division() {
        return value.substring(2, 8);
    }

    @Override
    public String scheme() {
        return "unifiedSocialCreditCode";
    }

    @Override
    public String toString() {
        return value;
    }
}
