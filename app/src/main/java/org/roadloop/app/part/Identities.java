package org.roadloop.app.part;

import io.javalin.config.RoutesConfig;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.config.IdentityConfig;
import org.roadloop.app.config.UsageControl;
import org.roadloop.app.contract.ReleaseGates;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.EventBook;
import org.roadloop.core.contract.UsageFacts;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.contract.UsageSystem;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.core.identity.IdentifierRegister;
import org.roadloop.core.identity.RegisterFile;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.identity.UnifiedSocialCreditCode;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.policy.Action;
import org.roadloop.core.policy.Place;
import org.roadloop.core.policy.Usage;
import org.roadloop.dataspace.dcp.AccessGrants;
import org.roadloop.dataspace.dcp.ClaimMap;
import org.roadloop.dataspace.dcp.CredentialCheck;
import org.roadloop.dataspace.dcp.CredentialIssuer;
import org.roadloop.dataspace.dcp.CredentialService;
import org.roadloop.dataspace.dcp.CredentialStore;
import org.roadloop.dataspace.dcp.DcpIdentity;
import org.roadloop.dataspace.dcp.DcpRoutes;
import org.roadloop.dataspace.dcp.IdTokens;
import org.roadloop.dataspace.dcp.KeyUses;
import org.roadloop.dataspace.dcp.Member;
import org.roadloop.dataspace.dcp.PresentationCheck;
import org.roadloop.dataspace.dcp.StatusLists;
import org.roadloop.dataspace.dcp.SubjectSchemas;
import org.roadloop.dataspace.dcp.TrustedIssuers;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.roadloop.dataspace.identity.DidResolver;
import org.roadloop.dataspace.identity.GuardedHttp;
import org.roadloop.dataspace.identity.HostPolicy;
import org.roadloop.dataspace.identity.OidcIdentity;
import org.roadloop.dataspace.identity.ParticipantKeys;
import org.roadloop.dataspace.identity.Refusals;
import org.roadloop.dataspace.identity.SelfIssuedTokens;
import org.roadloop.dataspace.identity.SharedSecret;
import org.roadloop.dataspace.identity.TrustedParticipants;

/** The identity that the configuration asks for, with the services it needs (身份装配). */
final class Identities implements AutoCloseable {
    private static final String SERVICE = "/dcp";
    private static final String ISSUER = "/dcp/issuer";
    private static final Duration GRANT_LIFETIME = Duration.ofMinutes(5);

    private final PlatformContext context;
    private final Refusals refusals = new Refusals();
    private final DidResolver resolver;
    private final GuardedHttp http;
    private final CallerIdentity identity;
    private @Nullable CredentialService service;
    private @Nullable CredentialStore store;
    private @Nullable CredentialIssuer issuer;

    Identities(PlatformContext context) {
        this.context = context;
        Clock clock = context.clock();
        Signer signer = context.participant();
        IdentityConfig config = context.config().dataspace().identity();
        this.http = new GuardedHttp(new HostPolicy(context.config().http().loopback(), hosts()));
        this.resolver = new DidResolver(http, clock);
        CallerIdentity chosen =
                switch (config.kind()) {
                    case SELF_ISSUED -> new SelfIssuedTokens(signer, resolver, clock);
                    case OIDC -> oidc(config.oidc().orElseThrow(), signer, clock);
                    case DCP -> dcp(config.dcp(), signer, clock);
                    case SHARED_SECRET -> shared(config.sharedSecret().orElseThrow(), signer);
                };
        this.identity =
                refusals.counting(
                        new TrustedParticipants(
                                chosen,
                                Set.copyOf(context.config().dataspace().trustedParticipants())));
    }

    /** A participant whom the operator named may live on a private host. */
    private List<String> hosts() {
        List<String> hosts = new ArrayList<>(context.config().dataspace().identity().hosts());
        for (String did : context.config().dataspace().trustedParticipants()) {
            hosts.add(
                    new org.roadloop.core.identity.Did(did).authority().replaceAll(":[0-9]+$", ""));
        }
        context.config()
                .dataspace()
                .identity()
                .oidc()
                .ifPresent(oidc -> hosts.add(oidc.issuer().getHost()));
        return hosts;
    }

    private CallerIdentity oidc(IdentityConfig.Oidc oidc, Signer signer, Clock clock) {
        return new OidcIdentity(
                new OidcIdentity.Settings(
                        oidc.issuer(),
                        oidc.audience().isEmpty() ? signer.did() : oidc.audience(),
                        oidc.algorithms(),
                        oidc.participantClaim(),
                        oidc.participants(),
                        oidc.claims(),
                        oidc.leeway(),
                        oidc.clientId(),
                        oidc.scope(),
                        oidc.audienceParameter()),
                () -> context.home().secret(oidc.clientSecret()),
                new ParticipantKeys(signer, resolver),
                http,
                clock);
    }

    private CallerIdentity shared(IdentityConfig.SharedSecret shared, Signer signer) {
        return new SharedSecret(
                        context.home().secret(shared.own()),
                        shared.members().stream()
                                .map(
                                        m ->
                                                new SharedSecret.Member(
                                                        m.did(),
                                                        context.home().secret(m.secret()),
                                                        m.url()))
                                .toList())
                .with(new ParticipantKeys(signer, resolver));
    }

    private CallerIdentity dcp(IdentityConfig.Dcp dcp, Signer signer, Clock clock) {
        Map<String, Set<String>> trusted = new HashMap<>(dcp.trustedIssuers());
        dcp.issuer().ifPresent(own -> trusted.put(signer.did(), Set.copyOf(own.types())));
        KeyUses uses = new KeyUses(dcp.keyUses(), clock);
        CredentialCheck check =
                new CredentialCheck(
                        resolver,
                        new TrustedIssuers(trusted),
                        uses,
                        new StatusLists(
                                http, resolver, uses, clock, dcp.statusList(), dcp.statusPoll()),
                        new SubjectSchemas(http, clock),
                        clock);
        IdTokens tokens = new IdTokens(signer, resolver, clock, uses);
        AccessGrants grants = new AccessGrants(signer, clock, GRANT_LIFETIME);
        store = new CredentialStore(context.ledger(), signer.did(), clock);
        service =
                new CredentialService(
                        signer,
                        tokens,
                        grants,
                        store,
                        check,
                        resolver,
                        http,
                        clock,
                        dcp.refuseExcess()
                                ? CredentialService.Excess.REFUSED
                                : CredentialService.Excess.LEFT_OUT);
        dcp.issuer().ifPresent(own -> issuer = issuer(own, signer, tokens, clock));
        return new DcpIdentity(
                new ParticipantKeys(signer, resolver),
                tokens,
                grants,
                http,
                new PresentationCheck(resolver, uses, check, clock),
                ClaimMap.DEFAULTS,
                new DcpIdentity.Terms(dcp.require(), dcp.present(), dcp.believe(), dcp.scopeEnd()),
                clock);
    }

    private CredentialIssuer issuer(
            IdentityConfig.Issuer own, Signer signer, IdTokens tokens, Clock clock) {
        Optional<IdentifierRegister> register = own.register().map(RegisterFile::new);
        Map<String, IdentityConfig.Member> members = new HashMap<>();
        own.members().forEach(member -> members.put(member.did(), member));
        return new CredentialIssuer(
                signer,
                tokens,
                resolver,
                http,
                context.ledger(),
                clock,
                URI.create(context.publicUrl() + ISSUER),
                own.types(),
                did ->
                        Optional.ofNullable(members.get(did))
                                .filter(member -> isConfirmed(member, register, clock))
                                .map(Identities::member),
                Duration.ofDays(own.validDays()));
    }

    /** What the register does not confirm is not vouched for: the request waits. */
    private static boolean isConfirmed(
            IdentityConfig.Member member, Optional<IdentifierRegister> register, Clock clock) {
        return member.creditCode().isEmpty()
                || register.isEmpty()
                || register.get()
                        .confirms(
                                new UnifiedSocialCreditCode(member.creditCode()),
                                member.did(),
                                LocalDate.now(clock));
    }

    private static Member member(IdentityConfig.Member member) {
        Map<String, Object> claims = new HashMap<>();
        claims.put("memberOf", member.memberOf());
        if (!member.industry().isEmpty()) {
            claims.put("industry", member.industry());
        }
        if (!member.region().isEmpty()) {
            claims.put("region", member.region());
        }
        if (!member.creditCode().isEmpty()) {
            claims.put("unifiedSocialCreditCode", member.creditCode());
        }
        return new Member(member.did(), claims);
    }

    CallerIdentity identity() {
        return identity;
    }

    /**
     * What uses are judged by: who is trusted, and what is vouched for of whom.
     *
     * @param systems where code that goes to the data may run
     */
    UsageFacts facts(EventBook events, ReleaseGates gates, Supplier<List<UsageSystem>> systems) {
        UsageControl control = context.config().dataspace().usageControl();
        Set<String> trusted = Set.copyOf(context.config().dataspace().trustedParticipants());
        return new UsageFacts() {
            @Override
            public Map<String, Set<String>> claims(String did) {
                return identity.claims(did);
            }

            @Override
            public Optional<Place> place(Agreement agreement, String action) {
                if (action.equals(Action.COMPUTE_TO_DATA)) {
                    return control.place();
                }
                return placeOf(agreement.consumer());
            }

            @Override
            public List<UsageSystem> systems(Agreement agreement, String action) {
                return action.equals(Action.COMPUTE_TO_DATA) ? systems.get() : List.of();
            }

            @Override
            public List<UsageGate.Reason> barred(Agreement agreement, String action) {
                return gates.barred(agreement, action);
            }

            @Override
            public List<UsageGate.Reason> leave(
                    Agreement agreement, String action, String purpose) {
                return gates.leave(agreement, action, purpose);
            }

            @Override
            public Map<String, Usage.Happening> events() {
                return events.happenings();
            }

            @Override
            public boolean trusted(String did) {
                return trusted.isEmpty()
                        || trusted.contains(did)
                        || did.equals(context.participant().did());
            }
        };
    }

    /** Where a participant is: what is vouched for goes before what was written down. */
    Optional<Place> placeOf(String did) {
        Set<String> vouched = identity.claims(did).getOrDefault(Place.OPERAND, Set.of());
        return vouched.size() == 1
                ? proven(vouched.iterator().next())
                : Optional.ofNullable(
                        context.config().dataspace().usageControl().partners().get(did));
    }

    private static Optional<Place> proven(String region) {
        try {
            return Optional.of(new Place(region, null, Place.Basis.PROVEN));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Why callers were turned away, by name. */
    Refusals refusals() {
        return refusals;
    }

    void opened() {
        if (issuer != null) {
            issuer.resume();
        }
    }

    /** Takes over what another node has appended. */
    void follow(Entry entry) {
        if (store != null) {
            store.follow(entry);
        }
        if (issuer != null) {
            issuer.follow(entry);
        }
    }

    /** For the DID document. */
    List<DidDocument.Service> services() {
        String did = context.participant().did();
        List<DidDocument.Service> services = new ArrayList<>();
        if (service != null) {
            services.add(
                    new DidDocument.Service(
                            did + "#credentials",
                            "CredentialService",
                            URI.create(context.publicUrl() + SERVICE)));
        }
        if (issuer != null) {
            services.add(
                    new DidDocument.Service(
                            did + "#issuer",
                            "IssuerService",
                            URI.create(context.publicUrl() + ISSUER)));
        }
        return services;
    }

    void mount(RoutesConfig routes) {
        DcpRoutes dcp = new DcpRoutes(refusals);
        if (service != null) {
            dcp.mount(routes, SERVICE, service);
        }
        if (issuer != null) {
            dcp.mount(routes, ISSUER, issuer);
        }
    }

    /** The operator's side. */
    List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        CredentialService holder = service;
        if (holder != null) {
            routes.add(
                    Route.get(
                            "/api/v1/credentials",
                            Role.OPERATOR,
                            "Requests for credentials of this participant, and offers of issuers",
                            c ->
                                    c.json(
                                            Map.of(
                                                    "requests", holder.requests(),
                                                    "offers", holder.offers()))));
            routes.add(
                    Route.post(
                            "/api/v1/credentials/request",
                            Role.OPERATOR,
                            "Ask an issuer for credentials: {issuer, types}",
                            c -> {
                                var body = Json.object(c);
                                List<String> types =
                                        body.path("types")
                                                .valueStream()
                                                .map(type -> type.asString(""))
                                                .toList();
                                String id;
                                try {
                                    id = holder.request(body.path("issuer").asString(""), types);
                                } catch (IllegalArgumentException
                                        | IllegalStateException
                                        | CallerIdentity.UnauthorizedException e) {
                                    throw new Problem(
                                            409, "issuer_refused", String.valueOf(e.getMessage()));
                                }
                                c.status(202).json(Map.of("id", id));
                            }));
        }
        CredentialIssuer own = issuer;
        if (own != null) {
            routes.add(
                    Route.get(
                            "/api/v1/issuer/credentials",
                            Role.OPERATOR,
                            "Credentials that this platform issued, and requests that wait",
                            c ->
                                    c.json(
                                            Map.of(
                                                    "issued", own.issued(),
                                                    "requests", own.requests()))));
            routes.add(
                    Route.post(
                            "/api/v1/issuer/credentials/{id}/revoke",
                            Role.OPERATOR,
                            "End a credential: {reason}",
                            c -> {
                                try {
                                    own.revoke(
                                            c.pathParam("id"),
                                            Json.object(c).path("reason").asString(""));
                                } catch (NoSuchElementException e) {
                                    throw Problem.notFound(
                                            "credential_not_found", String.valueOf(e.getMessage()));
                                }
                                c.status(204);
                            }));
            routes.add(
                    Route.post(
                            "/api/v1/issuer/requests/{id}/reject",
                            Role.OPERATOR,
                            "Say no to a request that waits: {reason}",
                            c -> {
                                try {
                                    own.reject(
                                            c.pathParam("id"),
                                            Json.object(c).path("reason").asString(""));
                                } catch (NoSuchElementException e) {
                                    throw Problem.notFound(
                                            "request_not_found", String.valueOf(e.getMessage()));
                                }
                                c.status(204);
                            }));
            routes.add(
                    Route.post(
                            "/api/v1/issuer/offers",
                            Role.OPERATOR,
                            "Tell a participant that it may ask for credentials: {holder, reason}",
                            c -> {
                                var body = Json.object(c);
                                try {
                                    own.offer(
                                            body.path("holder").asString(""),
                                            body.path("reason").asString(""));
                                } catch (IllegalArgumentException
                                        | IllegalStateException
                                        | CallerIdentity.UnauthorizedException e) {
                                    throw new Problem(
                                            409, "holder_refused", String.valueOf(e.getMessage()));
                                }
                                c.status(204);
                            }));
        }
        return routes;
    }

    @Override
    public void close() {
        if (issuer != null) {
            issuer.close();
        }
    }
}
