package org.roadloop.dataspace.dcp;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Access tokens for our own credential service (访问令牌): which participant may read which
 * credentials, for how long. They are signed statements, so nothing needs to be kept. Any thread.
 */
public final class AccessGrants {
    private static final String TYPE = "dcp-access+jwt";
    private final Signer signer;
    private final Clock clock;
    private final Duration lifetime;

    public AccessGrants(Signer signer, Clock clock, Duration lifetime) {
        this.signer = signer;
        this.clock = clock;
        this.lifetime = lifetime;
    }

    /**
     * @param reader DID of who may read; nobody else can use the token
     * @param scopes for example {@code org.eclipse.dspace.dcp.vc.type:MembershipCredential}
     */
    public String grant(String reader, List<String> scopes) {
        Instant now = clock.instant();
        ObjectNode claims = JsonMapper.shared().createObjectNode();
        claims.put("iss", signer.did()).put("aud", signer.did()).put("sub", reader);
        claims.put("exp", now.plus(lifetime).getEpochSecond());
        ArrayNode list = claims.putArray("scope");
        scopes.forEach(list::add);
        return Jws.sign(claims, signer, TYPE);
    }

    /** What the token lets this participant read; empty if it is not for it, not ours, or over. */
    Optional<List<Scope>> check(String token, String reader) {
        try {
            // Signed by the same key are ID tokens for others, too: the type tells them apart.
            if (!Jws.header(token).path("typ").asString("").equals(TYPE)) {
                return Optional.empty();
            }
            JsonNode claims = Jws.verify(token, signer.publicKey());
            if (!claims.path("sub").asString("").equals(reader)
                    || !claims.path("aud").asString("").equals(signer.did())
                    || clock.instant().getEpochSecond() >= claims.path("exp").asLong(0)) {
                return Optional.empty();
            }
            return Optional.of(
                    claims.path("scope")
                            .valueStream()
                            .flatMap(scope -> Scope.parse(scope.asString("")).stream())
                            .toList());
        } catch (Jws.InvalidJwsException e) {
            return Optional.empty();
        }
    }
}
