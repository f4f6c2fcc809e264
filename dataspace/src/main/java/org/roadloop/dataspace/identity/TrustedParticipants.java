package org.roadloop.dataspace.identity;

import java.util.Set;

/**
 * Hears only the participants that the operator named (可信参与方名单). Any thread.
 *
 * @param identity proves who calls
 * @param dids who is heard; empty: everybody who proves itself
 */
public record TrustedParticipants(CallerIdentity identity, Set<String> dids)
        implements CallerIdentity {
    public TrustedParticipants {
        dids = Set.copyOf(dids);
    }

    @Override
    public String didOf(java.net.URI connector) {
        return identity.didOf(connector);
    }

    @Override
    public String authorization(String audience) {
        return identity.authorization(audience);
    }

    @Override
    public String verify(String header) {
        String did = identity.verify(header);
        if (!dids.isEmpty() && !dids.contains(did)) {
            throw new UnauthorizedException(
                    "participant_not_trusted",
                    did + " is not among the participants that this connector trusts");
        }
        return did;
    }

    @Override
    public java.util.Map<String, Set<String>> claims(String did) {
        return identity.claims(did);
    }

    @Override
    public boolean signed(String did, String jws, byte[] payload) {
        return identity.signed(did, jws, payload);
    }
}
