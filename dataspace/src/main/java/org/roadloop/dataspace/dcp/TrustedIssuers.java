package org.roadloop.dataspace.dcp;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whose word counts, about what (可信签发方): DIDs of issuers with the credential types that each may
 * issue; no type: all.
 */
public record TrustedIssuers(Map<String, Set<String>> typesOfIssuer) {
    public TrustedIssuers {
        typesOfIssuer =
                typesOfIssuer.entrySet().stream()
                        .collect(
                                Collectors.toUnmodifiableMap(
                                        Map.Entry::getKey, e -> Set.copyOf(e.getValue())));
    }

    /** The types of this credential that its issuer may vouch for. */
    Set<String> vouchedTypes(VerifiableCredential credential) {
        Set<String> types = typesOfIssuer.get(credential.issuer());
        if (types == null) {
            return Set.of();
        }
        return types.isEmpty()
                ? credential.types()
                : credential.types().stream()
                        .filter(types::contains)
                        .collect(Collectors.toUnmodifiableSet());
    }

    boolean contains(String did) {
        return typesOfIssuer.containsKey(did);
    }
}
