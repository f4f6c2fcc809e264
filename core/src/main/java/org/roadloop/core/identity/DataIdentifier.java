package org.roadloop.core.identity;

import java.util.regex.Pattern;

/**
 * The name of a data product in a national or regional register (数据标识): given by the register, kept
 * here as it is. Registers have different forms, so only what any has is checked.
 *
 * @param authority who gave it, for example a register's domain name
 * @param value printable ASCII without spaces
 */
public record DataIdentifier(String authority, String value) implements NationalIdentifier {
    private static final Pattern FORM = Pattern.compile("[\\x21-\\x7e]{1,128}");

    public DataIdentifier {
        if (!FORM.matcher(value).matches() || !FORM.matcher(authority).matches()) {
            throw new IllegalArgumentException(
                    "data identifier '"
                            + value
                            + "' of '"
                            + authority
                            + "': both are 1 to 128 printable ASCII characters without spaces");
        }
    }

    @Override
    public String scheme() {
        return "dataIdentifier";
    }

    @Override
    public String toString() {
        return authority + "/" + value;
    }
}
