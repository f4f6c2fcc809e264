package org.roadloop.dataspace.dcp;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import org.roadloop.dataspace.dcp.CredentialCheck.RefusedException;
import org.roadloop.dataspace.identity.CallerIdentity.UnauthorizedException;
import org.roadloop.dataspace.identity.DidResolver;
import org.roadloop.dataspace.identity.GuardedHttp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps a participant's credentials and presents them to whom it allowed it (凭证服务), DCP 1.0.1 §5
 * and §6.5, 6.6. Any thread.
 */
public final class CredentialService {
    private static final Logger log = LoggerFactory.getLogger(CredentialService.class);
    private static final int MAX_OFFERS = 100;

    /** What happens to a query for more than the reader was allowed. */
    public enum Excess {
        /** It gets what it was allowed (DCP 1.0.1 §5.4.1.2). */
        LEFT_OUT,
        /** It gets an error, as DCP 1.0 had it. */
        REFUSED
    }

    private final Signer holder;
    private final IdTokens tokens;
    private final AccessGrants grants;
    private final CredentialStore store;
    private final CredentialCheck check;
    private final Presentations presentations;
    private final DidResolver resolver;
    private final GuardedHttp http;
    private final Excess excess;
    private final Map<String, List<String>> offers = new LinkedHashMap<>();

    public CredentialService(
            Signer holder,
            IdTokens tokens,
            AccessGrants grants,
            CredentialStore store,
            CredentialCheck check,
            DidResolver resolver,
            GuardedHttp http,
            java.time.Clock clock,
            Excess excess) {
        this.holder = holder;
        this.tokens = tokens;
        this.grants = grants;
        this.store = store;
        this.check = check;
        this.presentations = new Presentations(holder, clock);
        this.resolver = resolver;
        this.http = http;
        this.excess = excess;
    }

    CredentialStore store() {
        return store;
    }

    /** Answers a PresentationQueryMessage. */
    ObjectNode query(String authorization, JsonNode message) {
        IdToken caller = tokens.verify(authorization);
        Messages.expect(message, "PresentationQueryMessage");
        boolean definition = message.hasNonNull("presentationDefinition");
        JsonNode scope = message.path("scope");
        if (message.has("presentationDefinition") && message.has("scope")) {
            throw new DcpException(
                    400, "query_invalid", "either scope or presentationDefinition, not both");
        }
        if (definition && !message.path("presentationDefinition").isEmpty()) {
            throw new DcpException(
                    501, "definition_unknown", "presentation definitions are not read here");
        }
        if (!scope.isArray() || scope.isEmpty() || scope.size() > 100) {
            throw new DcpException(400, "query_invalid", "/scope must list 1 to 100 scopes");
        }
        List<Scope> allowed =
                grants.check(caller.accessToken(), caller.did())
                        .orElseThrow(
                                () ->
                                        new UnauthorizedException(
                                                "access_token",
                                                "the access token is not for you, or is over"));
        List<VerifiableCredential> found = new ArrayList<>();
        for (JsonNode text : scope) {
            Scope wanted =
                    Scope.parse(text.asString(""))
                            .orElseThrow(
                                    () ->
                                            new DcpException(
                                                    400,
                                                    "scope_unknown",
                                                    "a scope begins with "
                                                            + Scope.TYPE
                                                            + " or "
                                                            + Scope.ID));
            find(wanted, allowed, found);
        }
        ObjectNode answer = Messages.of("PresentationResponseMessage");
        ArrayNode list = answer.putArray("presentation");
        presentations.of(found, caller.did()).forEach(list::add);
        return answer;
    }

    /** Those that still count: an expired or revoked one is better not shown (§5.4.2). */
    private void find(Scope wanted, List<Scope> allowed, List<VerifiableCredential> found) {
        for (VerifiableCredential credential : store.list()) {
            if (wanted.covers(credential) && !found.contains(credential)) {
                if (allowed.stream().noneMatch(scope -> scope.covers(credential))) {
                    if (excess == Excess.REFUSED) {
                        throw new UnauthorizedException(
                                "scope_excess", "more is asked for than the token allows");
                    }
                } else if (check.counts(credential)) {
                    found.add(credential);
                }
            }
        }
    }

    /** Takes a CredentialMessage of an issuer that we asked. */
    void receive(String authorization, JsonNode message) {
        IdToken caller = tokens.verify(authorization);
        Messages.expect(message, "CredentialMessage");
        String holderPid = Messages.text(message, "holderPid");
        Messages.text(message, "issuerPid");
        String status = Messages.text(message, "status");
        if (!store.issuerOf(holderPid).filter(caller.did()::equals).isPresent()) {
            throw new UnauthorizedException(
                    "credential_unasked", "this participant has no such request at this issuer");
        }
        switch (status) {
            case "ISSUED" -> {
                store.receive(holderPid, read(message.path("credentials"), caller.did()));
                log.info("credentials of {} arrived", caller.did());
            }
            case "REJECTED" -> {
                String reason = message.path("rejectionReason").asString("no reason given");
                store.refuse(holderPid, reason.substring(0, Math.min(500, reason.length())));
                log.warn("{} will not issue what was asked for: {}", caller.did(), reason);
            }
            default ->
                    throw new DcpException(
                            400, "status_unknown", "/status must be ISSUED or REJECTED");
        }
    }

    private List<VerifiableCredential> read(JsonNode containers, String issuer) {
        if (!containers.isArray() || containers.isEmpty() || containers.size() > 100) {
            throw new DcpException(400, "member_invalid", "/credentials must list 1 to 100");
        }
        List<VerifiableCredential> credentials = new ArrayList<>();
        for (JsonNode container : containers) {
            String type = Messages.text(container, "credentialType");
            Messages.text(container, "format");
            try {
                VerifiableCredential credential =
                        check.signed(container.path("payload").asString(""), holder.did());
                if (!credential.issuer().equals(issuer) || !credential.types().contains(type)) {
                    throw new DcpException(
                            400,
                            "credential_other",
                            "a credential is of another issuer or type than said");
                }
                credentials.add(credential);
            } catch (RefusedException e) {
                throw new DcpException(400, e.code(), "a credential is refused: " + e.getMessage());
            } catch (Jws.InvalidJwsException e) {
                throw new DcpException(400, "credential_invalid", String.valueOf(e.getMessage()));
            }
        }
        return credentials;
    }

    /** Takes note of a CredentialOfferMessage; an operator decides whether to ask. */
    synchronized void offer(String authorization, JsonNode message) {
        IdToken caller = tokens.verify(authorization);
        Messages.expect(message, "CredentialOfferMessage");
        if (!Messages.text(message, "issuer").equals(caller.did())) {
            throw new DcpException(400, "member_invalid", "/issuer is not who sends the offer");
        }
        if (!check.issuers().contains(caller.did())) {
            throw new UnauthorizedException("credential_issuer", "this issuer is not trusted here");
        }
        JsonNode credentials = message.path("credentials");
        if (!credentials.isArray() || credentials.isEmpty() || credentials.size() > MAX_OFFERS) {
            throw new DcpException(400, "member_invalid", "/credentials must list 1 to 100");
        }
        List<String> ids = new ArrayList<>();
        credentials.forEach(credential -> ids.add(Messages.text(credential, "id")));
        if (offers.size() >= MAX_OFFERS && !offers.containsKey(caller.did())) {
            offers.remove(offers.keySet().iterator().next());
        }
        offers.put(caller.did(), List.copyOf(ids));
        log.info(
                "{} offers {} credentials; ask for them if they are wanted",
                caller.did(),
                ids.size());
    }

    /** The last offer of each issuer: ids of credential objects. */
    public synchronized Map<String, List<String>> offers() {
        return Map.copyOf(offers);
    }

    /** Requests with what became of them, by our id. */
    public Map<String, String> requests() {
        return store.requests();
    }

    /**
     * Asks an issuer for credentials by type, in the profile it offers first; what it issues
     * arrives later.
     *
     * @return our id of the request
     */
    public String request(String issuer, List<String> types) {
        URI service = service(issuer, "IssuerService");
        JsonNode metadata =
                http.get(at(service, "/metadata"), "application/json", Messages.MAX_BYTES).json();
        List<String> ids = new ArrayList<>();
        for (String type : types) {
            ids.add(
                    metadata.path("credentialsSupported")
                            .valueStream()
                            .filter(c -> c.path("credentialType").asString("").equals(type))
                            .filter(c -> Profile.find(c.path("profile").asString("")).isPresent())
                            .map(c -> c.path("id").asString(""))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            new IllegalArgumentException(
                                                    issuer
                                                            + " offers no '"
                                                            + type
                                                            + "' in a profile known here "
                                                            + Profile.aliases())));
        }
        String holderPid = "urn:uuid:" + UUID.randomUUID();
        store.ask(holderPid, issuer, ids);
        ObjectNode message = Messages.of("CredentialRequestMessage");
        message.put("holderPid", holderPid);
        ArrayNode list = message.putArray("credentials");
        ids.forEach(id -> list.addObject().put("id", id));
        GuardedHttp.Answer answer =
                post(at(service, "/credentials"), tokens.authorization(issuer, ""), message);
        if (!answer.good()) {
            String text = new String(answer.body(), StandardCharsets.UTF_8);
            store.refuse(holderPid, "HTTP " + answer.status());
            throw new IllegalStateException(
                    issuer
                            + " refused the request with "
                            + answer.status()
                            + ": "
                            + text.substring(0, Math.min(300, text.length())));
        }
        return holderPid;
    }

    private GuardedHttp.Answer post(URI url, String authorization, ObjectNode message) {
        return http.exchange(
                HttpRequest.newBuilder(url)
                        .header("Content-Type", "application/json")
                        .header("Authorization", authorization)
                        .POST(HttpRequest.BodyPublishers.ofString(message.toString()))
                        .build(),
                Messages.MAX_BYTES);
    }

    private URI service(String did, String type) {
        return resolver.resolve(did)
                .findService(type)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "the DID document of " + did + " has no " + type));
    }

    static URI at(URI service, String path) {
        return URI.create(service.toString().replaceAll("/+$", "") + path);
    }
}
