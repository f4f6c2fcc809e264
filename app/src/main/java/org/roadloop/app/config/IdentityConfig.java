package org.roadloop.app.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.roadloop.core.identity.Did;
import org.roadloop.core.identity.UnifiedSocialCreditCode;

/**
 * How connectors prove to each other who they are (接入认证配置): the group {@code dataspace.identity}.
 *
 * @param hosts private hosts of the space that may be visited; {@code *.park.example} allows all
 *     below
 * @param oidc there if the kind is OIDC
 * @param sharedSecret there if the kind is a shared secret
 */
public record IdentityConfig(
        Kind kind,
        List<String> hosts,
        Optional<Oidc> oidc,
        Dcp dcp,
        Optional<SharedSecret> sharedSecret) {
    /** What a caller proves itself with. */
    public enum Kind {
        SELF_ISSUED("self-issued"),
        OIDC("oidc"),
        DCP("dcp"),
        SHARED_SECRET("shared-secret");

        private final String word;

        Kind(String word) {
            this.word = word;
        }
    }

    /**
     * Tokens of an OpenID provider.
     *
     * @param audience of tokens for us; empty: our DID
     * @param clientSecret name of a file in {@code secrets/} of the home
     * @param participants DID by the value of {@code participantClaim}
     * @param claims left operand of policies to claim
     */
    public record Oidc(
            URI issuer,
            String audience,
            Set<String> algorithms,
            String participantClaim,
            Map<String, String> participants,
            Map<String, String> claims,
            Duration leeway,
            String clientId,
            String clientSecret,
            String scope,
            String audienceParameter) {}

    /**
     * Credentials.
     *
     * @param trustedIssuers types by DID of the issuer; no type: all
     * @param require types a caller must present
     * @param present types that those whom we call may read of ours
     * @param believe how long presented credentials are not asked for again
     * @param statusList how long a status list is believed
     * @param statusPoll pause between two looks at a list that open leases depend on
     * @param keyUses whether keys must be listed in DID documents for what they are used for
     * @param scopeEnd what stands behind the type in a scope
     * @param refuseExcess whether a query for more than was allowed is refused whole
     * @param issuer there if this platform issues credentials itself
     */
    public record Dcp(
            Map<String, Set<String>> trustedIssuers,
            List<String> require,
            List<String> present,
            Duration believe,
            Duration statusList,
            Duration statusPoll,
            boolean keyUses,
            String scopeEnd,
            boolean refuseExcess,
            Optional<Issuer> issuer) {}

    /**
     * The embedded issuer.
     *
     * @param register an extract of a register of national identifiers; what a member claims must
     *     be in it
     */
    public record Issuer(
            List<String> types, int validDays, Optional<Path> register, List<Member> members) {}

    /**
     * Whom the embedded issuer knows.
     *
     * @param creditCode empty if it has none
     * @param region of its site, by ISO 3166-2 or GB/T 2260; empty if that is not vouched for
     */
    public record Member(
            String did, String memberOf, List<String> industry, String creditCode, String region) {}

    /**
     * Secrets agreed beforehand (共享密钥): for trials on one machine. Whoever we call learns ours.
     *
     * @param own name of a file in {@code secrets/} of the home: what we show
     * @param outsideLoopback whether it may be used where others than this machine reach us
     */
    public record SharedSecret(String own, boolean outsideLoopback, List<Known> members) {
        public SharedSecret {
            members = List.copyOf(members);
        }
    }

    /**
     * Who is known.
     *
     * @param secret name of a file in {@code secrets/} of the home: what it shows
     * @param url of its connector
     */
    public record Known(String did, String secret, URI url) {}

    private static final Dcp NO_DCP =
            new Dcp(
                    Map.of(),
                    List.of("MembershipCredential"),
                    List.of("MembershipCredential"),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(1),
                    Duration.ofMillis(400),
                    true,
                    "",
                    false,
                    Optional.empty());

    public static final IdentityConfig DEFAULTS =
            new IdentityConfig(
                    Kind.SELF_ISSUED, List.of(), Optional.empty(), NO_DCP, Optional.empty());

    public IdentityConfig {
        hosts = List.copyOf(hosts);
        if (kind == Kind.OIDC && oidc.isEmpty()) {
            throw new IllegalArgumentException(
                    "kind is oidc, yet there is no group 'oidc' with issuer, clientId and"
                            + " clientSecret");
        }
        if (kind == Kind.SHARED_SECRET && sharedSecret.isEmpty()) {
            throw new IllegalArgumentException(
                    "kind is shared-secret, yet there is no group 'sharedSecret' with own and"
                            + " members");
        }
        if (kind == Kind.DCP && dcp.trustedIssuers().isEmpty() && dcp.issuer().isEmpty()) {
            throw new IllegalArgumentException(
                    "kind is dcp, yet nobody's credentials would count: name dcp.trustedIssuers, or"
                            + " begin with dcp.issuer");
        }
    }

    /**
     * A secret that goes over a line can be read along, so it stays on this machine unless the
     * operator says otherwise.
     *
     * @param loopback whether nobody but this machine reaches us
     */
    void checkDoor(boolean loopback) {
        if (kind == Kind.SHARED_SECRET
                && !loopback
                && !sharedSecret.map(SharedSecret::outsideLoopback).orElse(false)) {
            throw new IllegalArgumentException(
                    "dataspace.identity.kind is shared-secret while http.host is no loopback"
                            + " address: set http.host to 127.0.0.1, choose self-issued, or allow it"
                            + " with dataspace.identity.sharedSecret.outsideLoopback: true");
        }
    }

    static IdentityConfig read(Section s, Path folder) {
        String word = s.text("kind", Kind.SELF_ISSUED.word);
        Kind kind = null;
        for (Kind one : Kind.values()) {
            kind = one.word.equals(word) ? one : kind;
        }
        if (kind == null) {
            throw new IllegalArgumentException(
                    "kind '" + word + "' is none of self-issued, oidc, dcp, shared-secret");
        }
        return new IdentityConfig(
                kind,
                s.texts("hosts"),
                s.group("oidc", g -> Optional.of(oidc(g)), Optional.empty()),
                s.group("dcp", g -> dcp(g, folder), NO_DCP),
                s.group("sharedSecret", g -> Optional.of(sharedSecret(g)), Optional.empty()));
    }

    private static SharedSecret sharedSecret(Section s) {
        return new SharedSecret(
                s.required("own", "our-secret"),
                s.flag("outsideLoopback", false),
                s.groups(
                        "members",
                        m ->
                                new Known(
                                        did(m.required("did", "did:web:localhost%3A7090")),
                                        m.required("secret", "partner-secret"),
                                        URI.create(m.required("url", "http://localhost:7090")))));
    }

    private static Oidc oidc(Section s) {
        List<String> algorithms = s.texts("algorithms");
        Map<String, String> participants = new LinkedHashMap<>();
        s.groups(
                        "participants",
                        p ->
                                Map.entry(
                                        p.required("value", "client-a"),
                                        did(p.required("did", "did:web:a.example"))))
                .forEach(e -> participants.put(e.getKey(), e.getValue()));
        Map<String, String> claims = new LinkedHashMap<>();
        s.groups(
                        "claims",
                        c ->
                                Map.entry(
                                        c.required("operand", "industry"),
                                        c.required("claim", "industry")))
                .forEach(e -> claims.put(e.getKey(), e.getValue()));
        return new Oidc(
                URI.create(s.required("issuer", "https://login.example.org/realms/space")),
                s.text("audience", ""),
                algorithms.isEmpty()
                        ? Set.of("RS256", "ES256", "EdDSA")
                        : new LinkedHashSet<>(algorithms),
                s.text("participantClaim", "sub"),
                participants,
                claims,
                Duration.ofSeconds(s.whole("leewaySeconds", 30, 0, 300)),
                s.required("clientId", "my-connector"),
                s.required("clientSecret", "oidc-client"),
                s.text("scope", ""),
                s.text("audienceParameter", "audience"));
    }

    private static Dcp dcp(Section s, Path folder) {
        Map<String, Set<String>> issuers = new LinkedHashMap<>();
        s.groups(
                        "trustedIssuers",
                        g ->
                                Map.entry(
                                        did(g.required("did", "did:web:issuer.example")),
                                        Set.copyOf(g.texts("types"))))
                .forEach(e -> issuers.put(e.getKey(), e.getValue()));
        return new Dcp(
                issuers,
                s.has("require") ? s.texts("require") : NO_DCP.require(),
                s.has("present") ? s.texts("present") : NO_DCP.present(),
                Duration.ofSeconds(s.whole("believeSeconds", 300, 0, 86_400)),
                Duration.ofSeconds(s.whole("statusListSeconds", 60, 0, 3600)),
                Duration.ofMillis(s.whole("statusPollMillis", 400, 50, 3_600_000)),
                s.flag("keyUses", true),
                s.text("scopeEnd", ""),
                s.flag("refuseExcess", false),
                s.group("issuer", g -> Optional.of(issuer(g, folder)), Optional.empty()));
    }

    private static Issuer issuer(Section s, Path folder) {
        List<String> types = s.texts("types");
        String register = s.text("register", "");
        return new Issuer(
                types.isEmpty() ? List.of("MembershipCredential") : types,
                (int) s.whole("validDays", 90, 1, 3650),
                register.isEmpty() ? Optional.empty() : Optional.of(folder.resolve(register)),
                s.groups("members", IdentityConfig::member));
    }

    private static Member member(Section s) {
        String creditCode = s.text("unifiedSocialCreditCode", "");
        if (!creditCode.isEmpty()) {
            creditCode = new UnifiedSocialCreditCode(creditCode).value();
        }
        return new Member(
                did(s.required("did", "did:web:member.example")),
                s.required("memberOf", "park"),
                s.texts("industry"),
                creditCode,
                s.text("region", ""));
    }

    private static String did(String text) {
        return new Did(text).value();
    }
}
