package org.roadloop.dataspace.dcp;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.core.identity.Jws;
import org.roadloop.dataspace.dcp.CredentialCheck.RefusedException;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.roadloop.dataspace.identity.DidResolver;
import org.roadloop.dataspace.identity.GuardedHttp;
import org.roadloop.dataspace.identity.ParticipantKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Proves and believes by credentials (去中心化身份认证): each request carries an ID token of its own, and
 * who calls must present the credentials that are required here. Any thread.
 *
 * <p>Credentials that were presented are believed for a while, so that a negotiation of seven
 * messages costs one query; their end and revocation are looked at each time they are used.
 */
public final class DcpIdentity implements CallerIdentity {
    private static final Logger log = LoggerFactory.getLogger(DcpIdentity.class);
    private static final int MAX_PRESENTED = 10_000;
    private static final Duration GRANT_REUSE = Duration.ofMinutes(1);

    /**
     * @param required types of credentials without which a caller is not heard
     * @param presented types of our credentials that those whom we call may read
     * @param keep how long presented credentials are believed; zero: asked for at each request
     * @param scopeEnd what stands behind the type in a scope: nothing by DCP 1.0.1, {@code :read}
     *     for credential services of older software
     */
    public record Terms(
            List<String> required, List<String> presented, Duration keep, String scopeEnd) {
        public Terms {
            required = List.copyOf(required);
            presented = List.copyOf(presented);
        }
    }

    private final ParticipantKeys keys;
    private final IdTokens tokens;
    private final AccessGrants grants;
    private final DidResolver resolver;
    private final GuardedHttp http;
    private final PresentationCheck check;
    private final ClaimMap claimMap;
    private final Terms terms;
    private final Clock clock;
    private final Map<String, Presented> presented = new ConcurrentHashMap<>();
    private final Map<String, Grant> granted = new ConcurrentHashMap<>();

    private record Presented(List<VerifiableCredential> credentials, Instant at) {}

    private record Grant(String token, Instant at) {}

    public DcpIdentity(
            ParticipantKeys keys,
            IdTokens tokens,
            AccessGrants grants,
            GuardedHttp http,
            PresentationCheck check,
            ClaimMap claimMap,
            Terms terms,
            Clock clock) {
        this.keys = keys;
        this.tokens = tokens;
        this.grants = grants;
        this.resolver = keys.resolver();
        this.http = http;
        this.check = check;
        this.claimMap = claimMap;
        this.terms = terms;
        this.clock = clock;
    }

    @Override
    public String didOf(URI connector) {
        return keys.didOf(connector);
    }

    @Override
    public boolean signed(String did, String jws, byte[] payload) {
        return keys.signed(did, jws, payload);
    }

    @Override
    public String authorization(String audience) {
        Instant now = clock.instant();
        Grant grant = granted.get(audience);
        if (grant == null || !grant.at().plus(GRANT_REUSE).isAfter(now)) {
            granted.values().removeIf(old -> !old.at().plus(GRANT_REUSE).isAfter(now));
            List<String> scopes = terms.presented().stream().map(Scope.TYPE::concat).toList();
            grant = new Grant(grants.grant(audience, scopes), now);
            granted.put(audience, grant);
        }
        return tokens.authorization(audience, grant.token());
    }

    @Override
    public String verify(String header) {
        IdToken caller = tokens.verify(header);
        if (!terms.required().isEmpty()) {
            if (caller.accessToken().isEmpty()) {
                throw new UnauthorizedException(
                        "token_no_access",
                        "the ID token has no 'token': credentials of type "
                                + terms.required()
                                + " are required here");
            }
            Presented known = presented.get(caller.did());
            if (known == null || !isFresh(known) || !missing(counting(known)).isEmpty()) {
                query(caller);
            }
        }
        return caller.did();
    }

    /**
     * What counts now of what was presented, for the policies; for a second after the last question
     * the status lists of these credentials are watched.
     */
    @Override
    public Map<String, Set<String>> claims(String did) {
        Presented known = presented.get(did);
        if (known == null) {
            return Map.of();
        }
        known.credentials().forEach(check.credentials()::watch);
        return claimMap.claims(counting(known), check.credentials().issuers());
    }

    private boolean isFresh(Presented known) {
        return known.at().plus(terms.keep()).isAfter(clock.instant());
    }

    private List<VerifiableCredential> counting(Presented known) {
        return known.credentials().stream().filter(check.credentials()::counts).toList();
    }

    /** Types that are required and not vouched for by an issuer that may. */
    private Set<String> missing(List<VerifiableCredential> credentials) {
        Set<String> missing = new TreeSet<>(terms.required());
        for (VerifiableCredential credential : credentials) {
            missing.removeAll(check.credentials().issuers().vouchedTypes(credential));
        }
        return missing;
    }

    private void query(IdToken caller) {
        try {
            URI service =
                    resolver.resolve(caller.did())
                            .findService("CredentialService")
                            .orElseThrow(
                                    () ->
                                            new UnauthorizedException(
                                                    "presentation_address",
                                                    "your DID document has no CredentialService"));
            GuardedHttp.Answer answer =
                    http.exchange(question(service, caller), Messages.MAX_BYTES);
            if (!answer.good()) {
                throw new UnauthorizedException(
                        "presentation_refused",
                        "your credential service answered " + answer.status());
            }
            List<VerifiableCredential> credentials =
                    check.open(answer.json(), caller.did(), tokens.did());
            Set<String> missing = missing(credentials);
            if (!missing.isEmpty()) {
                throw new UnauthorizedException(
                        "credential_missing",
                        "no credential of type "
                                + missing
                                + " of an issuer trusted here was"
                                + " presented");
            }
            remember(caller.did(), credentials);
        } catch (RefusedException e) {
            log.info("{} is turned away: {} ({})", caller.did(), e.getMessage(), e.code());
            throw new UnauthorizedException(
                    e.code(), "a presented credential is refused: " + e.getMessage());
        } catch (Jws.InvalidJwsException | IllegalArgumentException e) {
            throw new UnauthorizedException(
                    "presentation_invalid", "your credential service can't be asked or read");
        }
    }

    private HttpRequest question(URI service, IdToken caller) {
        ObjectNode message = Messages.of("PresentationQueryMessage");
        ArrayNode scopes = message.putArray("scope");
        terms.required().forEach(type -> scopes.add(Scope.TYPE + type + terms.scopeEnd()));
        return HttpRequest.newBuilder(CredentialService.at(service, "/presentations/query"))
                .header("Content-Type", "application/json")
                .header("Authorization", tokens.authorization(caller.did(), caller.accessToken()))
                .POST(HttpRequest.BodyPublishers.ofString(message.toString()))
                .build();
    }

    private void remember(String did, List<VerifiableCredential> credentials) {
        if (presented.size() >= MAX_PRESENTED) {
            presented.clear();
        }
        presented.put(did, new Presented(credentials, clock.instant()));
    }
}
