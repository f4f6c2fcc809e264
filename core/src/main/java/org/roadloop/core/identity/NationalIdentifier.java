package org.roadloop.core.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;

/**
 * A number under which the state knows an organisation or a data product (国家标识). Roadloop carries
 * these and maps to them; whether one is true only its register can say: {@link
 * IdentifierRegister}.
 */
public sealed interface NationalIdentifier
        permits UnifiedSocialCreditCode, DataIdentifier, RegistrationNumber {
    /** Which kind, as the member is called in metadata. */
    String scheme();

    String value();

    /** Who gave it; empty where the kind has one register only. */
    default String authority() {
        return "";
    }

    /** As one name for {@code alsoKnownAs} of a DID document. */
    default String urn() {
        String name = authority().isEmpty() ? value() : authority() + ":" + value();
        return "urn:roadloop:cn:" + scheme() + ":" + URLEncoder.encode(name, UTF_8);
    }

    /**
     * @param scheme as {@link #scheme()}
     * @throws IllegalArgumentException if no kind is called so, or the value is none
     */
    static NationalIdentifier of(String scheme, String authority, String value) {
        return switch (scheme) {
            case "unifiedSocialCreditCode" -> new UnifiedSocialCreditCode(value);
            case "dataIdentifier" -> new DataIdentifier(authority, value);
            case "registrationNumber" -> new RegistrationNumber(authority, value);
            default ->
                    throw new IllegalArgumentException(
                            "no kind of identifier '"
                                    + scheme
                                    + "'; there are unifiedSocialCreditCode, dataIdentifier,"
                                    + " registrationNumber");
        };
    }
}
