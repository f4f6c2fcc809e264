package org.roadloop.core.identity;

import java.util.regex.Pattern;

/**
 * Under what number something is registered (登记编号): a data product, or the right to hold or run it.
 *
 * @param authority the register, for example its domain name
 * @param value as on the certificate; letters of any script, digits, and {@code - _ . / ( )}
 */
public record RegistrationNumber(String authority, String value) implements NationalIdentifier {
    private static final Pattern FORM = Pattern.compile("[\\p{L}\\p{N}()（）〔〕._/-]{1,128}");

    public RegistrationNumber {
        if (!FORM.matcher(value).matches() || authority.isBlank() || authority.length() > 128) {
            throw new IllegalArgumentException(
                    "registration number '"
                            + value
                            + "' of '"
                            + authority
                            + "' is not 1 to 128 letters and digits with an authority");
        }
    }

    @Override
    public String scheme() {
        return "registrationNumber";
    }

    @Override
    public String toString() {
        return authority + "/" + value;
    }
}
