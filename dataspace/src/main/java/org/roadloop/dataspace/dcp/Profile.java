package org.roadloop.dataspace.dcp;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which data model, revocation and proof a credential has (协议配置), DCP 1.0.1 "DCP Profile
 * Definitions".
 */
public enum Profile {
    /** VC Data Model 2.0 enveloped in a JWT, BitstringStatusList. */
    VC20("vc20-bssl/jwt", "VC2_0_JOSE"),
    /** VC Data Model 1.1 as {@code vc} claim of a JWT, StatusList2021. */
    VC11("vc11-sl2021/jwt", "VC1_0_JWT");

    private final String alias;
    private final String format;

    Profile(String alias, String format) {
        this.alias = alias;
        this.format = format;
    }

    /** As in {@code credentialsSupported}. */
    public String alias() {
        return alias;
    }

    /** As in a CredentialContainer: not fixed by the specification, these are the words in use. */
    String format() {
        return format;
    }

    static Optional<Profile> find(String alias) {
        return Arrays.stream(values()).filter(p -> p.alias.equals(alias)).findFirst();
    }

    /**
     * @throws IllegalArgumentException if no profile is called so
     */
    public static Profile of(String alias) {
        return find(alias)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no profile '" + alias + "'; profiles are " + aliases()));
    }

    static List<String> aliases() {
        return Arrays.stream(values()).map(Profile::alias).toList();
    }
}
