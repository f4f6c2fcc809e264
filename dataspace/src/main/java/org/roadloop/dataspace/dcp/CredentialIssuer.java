package org.roadloop.dataspace.dcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.roadloop.core.identity.SecurityProviders;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.dataspace.dcp.IssuerBook.Issued;
import org.roadloop.dataspace.dcp.IssuerBook.Request;
import org.roadloop.dataspace.dcp.IssuerBook.State;
import org.roadloop.dataspace.identity.CallerIdentity.UnauthorizedException;
import org.roadloop.dataspace.identity.DidResolver;
import org.roadloop.dataspace.identity.GuardedHttp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An issuer of credentials inside a connector (内置签发方), so that a space can begin without third
 * parties: DCP 1.0.1 §6. Any thread.
 *
 * <p>A participant in the register of members gets what it asks for at once; the request of another
 * waits until it is a member, or is rejected. A credential is in the ledger before it leaves; it is
 * sent until the holder has taken it.
 */
public final class CredentialIssuer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CredentialIssuer.class);
    private static final int TRIES = 6;
    private static final Duration LIST_LIFETIME = Duration.ofHours(1);

    /** What can be asked for. */
    private record Kind(String id, String type, Profile profile) {}

    private final Signer signer;
    private final IdTokens tokens;
    private final DidResolver resolver;
    private final GuardedHttp http;
    private final Clock clock;
    private final Member.Register members;
    private final Duration validity;
    private final IssuerBook book;
    private final CredentialWriter writer;
    private final URI address;
    private final Map<String, Kind> kinds = new LinkedHashMap<>();
    private final ScheduledExecutorService later;
    private final Map<Profile, SignedList> lists = new ConcurrentHashMap<>();

    /**
     * @param address of this service, as in the DID document
     * @param types of the credentials that are issued
     * @param validity of a credential
     */
    public CredentialIssuer(
            Signer signer,
            IdTokens tokens,
            DidResolver resolver,
            GuardedHttp http,
            Ledger ledger,
            Clock clock,
            URI address,
            List<String> types,
            Member.Register members,
            Duration validity) {
        this.signer = signer;
        this.tokens = tokens;
        this.resolver = resolver;
        this.http = http;
        this.clock = clock;
        this.members = members;
        this.validity = validity;
        this.address = address;
        this.book = new IssuerBook(ledger, signer.did(), clock);
        this.writer = new CredentialWriter(signer, CredentialService.at(address, "/status"), clock);
        for (Profile profile : Profile.values()) {
            for (String type : types) {
                String id =
                        UUID.nameUUIDFromBytes(
                                        (signer.did() + " " + type + " " + profile.alias())
                                                .getBytes(UTF_8))
                                .toString();
                kinds.put(id, new Kind(id, type, profile));
            }
        }
        this.later =
                java.util.concurrent.Executors.newSingleThreadScheduledExecutor(
                        Thread.ofVirtual().name("credential-delivery-", 0).factory());
    }

    /** Takes over what another node has appended. */
    public void follow(Entry entry) {
        book.follow(entry);
    }

    /** Goes on with the requests that a stop left undone. */
    public void resume() {
        book.requests().stream().filter(r -> r.state() == State.RECEIVED).forEach(this::consider);
    }

    // ---------------------------------------------------------------- the protocol's messages

    /** IssuerMetadata. */
    ObjectNode metadata() {
        ObjectNode json = Messages.of("IssuerMetadata");
        json.put("issuer", signer.did());
        ArrayNode list = json.putArray("credentialsSupported");
        for (Kind kind : kinds.values()) {
            ObjectNode object = list.addObject();
            object.put("id", kind.id()).put("type", "CredentialObject");
            object.put("credentialType", kind.type());
            object.put("credentialSchema", schemaUrl(kind.type()).toString());
            object.put("offerReason", "issuance");
            object.putArray("bindingMethods").add("did:web");
            object.put("profile", kind.profile().alias());
        }
        return json;
    }

    private URI schemaUrl(String type) {
        return CredentialService.at(address, "/schemas/" + type);
    }

    /** The schema of a type of ours; claims are those of the register, so it leaves them open. */
    Optional<ObjectNode> schema(String type) {
        if (kinds.values().stream().noneMatch(kind -> kind.type().equals(type))) {
            return Optional.empty();
        }
        ObjectNode schema = JsonMapper.shared().createObjectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("$id", schemaUrl(type).toString()).put("title", type).put("type", "object");
        ObjectNode subject = schema.putObject("properties").putObject("credentialSubject");
        subject.put("type", "object").putArray("required").add("id");
        return Optional.of(schema);
    }

    /** Takes a CredentialRequestMessage; our id of the request. */
    String request(String authorization, JsonNode message) {
        IdToken caller = tokens.verify(authorization);
        Messages.expect(message, "CredentialRequestMessage");
        String holderPid = Messages.text(message, "holderPid");
        JsonNode credentials = message.path("credentials");
        if (!credentials.isArray() || credentials.isEmpty() || credentials.size() > 20) {
            throw new DcpException(400, "member_invalid", "/credentials must list 1 to 20");
        }
        List<String> ids = new ArrayList<>();
        for (JsonNode credential : credentials) {
            String id = Messages.text(credential, "id");
            if (!kinds.containsKey(id)) {
                throw new DcpException(
                        400, "credential_unknown", "an id is not among credentialsSupported");
            }
            ids.add(id);
        }
        Request request =
                new Request(
                        "urn:uuid:" + UUID.randomUUID(),
                        caller.did(),
                        holderPid,
                        ids,
                        State.RECEIVED,
                        "");
        book.request(request);
        consider(request);
        return request.id();
    }

    /** CredentialStatus, for the holder that asked only. */
    ObjectNode status(String authorization, String id) {
        IdToken caller = tokens.verify(authorization);
        Request request =
                book.find(id)
                        .filter(r -> r.holder().equals(caller.did()))
                        .orElseThrow(
                                () ->
                                        new DcpException(
                                                404,
                                                "request_unknown",
                                                "you have no such request"));
        ObjectNode json = Messages.of("CredentialStatus");
        json.put("issuerPid", request.id()).put("holderPid", request.holderPid());
        return json.put("status", request.state().name());
    }

    private record SignedList(String encoded, String jwt, Instant until) {}

    /**
     * The signed status list of a profile: the same text until a credential ends or it gets old.
     */
    String statusList(Profile profile) {
        String encoded = book.encodedStatus(profile);
        Instant now = clock.instant();
        return java.util.Objects.requireNonNull(
                        lists.compute(
                                profile,
                                (p, signed) ->
                                        signed != null
                                                        && signed.encoded().equals(encoded)
                                                        && signed.until().isAfter(now)
                                                ? signed
                                                : new SignedList(
                                                        encoded,
                                                        writer.statusList(
                                                                profile, encoded, LIST_LIFETIME),
                                                        now.plus(LIST_LIFETIME.dividedBy(4)))))
                .jwt();
    }

    // ---------------------------------------------------------------- the operator

    /** Requests, oldest first: id, holder, state, reason. */
    public List<Map<String, String>> requests() {
        return book.requests().stream()
                .map(
                        r ->
                                Map.of(
                                        "id", r.id(),
                                        "holder", r.holder(),
                                        "state", r.state().name(),
                                        "reason", r.reason()))
                .toList();
    }

    /** Credentials, oldest first: id, holder, type, profile, validUntil, revoked. */
    public List<Map<String, Object>> issued() {
        return book.issued().stream()
                .map(
                        c ->
                                Map.<String, Object>of(
                                        "id", c.id(),
                                        "holder", c.holder(),
                                        "type", c.type(),
                                        "profile", c.profile().alias(),
                                        "validUntil", c.validUntil(),
                                        "revoked", c.revoked()))
                .toList();
    }

    /**
     * Ends a credential: in the status list from now on.
     *
     * @throws java.util.NoSuchElementException if it was not issued here
     */
    public void revoke(String credentialId, String reason) {
        book.revoke(credentialId, reason);
    }

    /** Says no to a request that waits, and tells the holder. */
    public void reject(String requestId, String reason) {
        Request request =
                book.find(requestId)
                        .filter(r -> r.state() == State.RECEIVED)
                        .orElseThrow(
                                () ->
                                        new java.util.NoSuchElementException(
                                                "no request '" + requestId + "' waits"));
        book.reject(requestId, reason);
        ObjectNode message = answer(request, "REJECTED").put("rejectionReason", reason);
        later.execute(() -> send(request, message, TRIES, () -> {}));
    }

    /** Looks at all requests that wait again: after the register of members has changed. */
    public void reconsider() {
        resume();
    }

    /** Tells a participant that it may ask for credentials (CredentialOfferMessage). */
    public void offer(String holder, String reason) {
        ObjectNode message = Messages.of("CredentialOfferMessage");
        message.put("issuer", signer.did());
        ArrayNode list = message.putArray("credentials");
        for (Kind kind : kinds.values()) {
            list.addObject()
                    .put("id", kind.id())
                    .put("type", "CredentialObject")
                    .put("credentialType", kind.type())
                    .put("profile", kind.profile().alias())
                    .put("offerReason", reason);
        }
        GuardedHttp.Answer answer = post(holder, "/offers", message);
        if (!answer.good()) {
            throw new IllegalStateException(holder + " answered the offer with " + answer.status());
        }
    }

    // ---------------------------------------------------------------- issuing

    private void consider(Request request) {
        Optional<Member> member = members.find(request.holder());
        if (member.isEmpty()) {
            log.info("request {} of {} waits: it is not a member", request.id(), request.holder());
            return;
        }
        later.execute(
                () -> {
                    try {
                        ObjectNode message = issue(request, member.get());
                        send(request, message, TRIES, () -> book.delivered(request.id()));
                    } catch (RuntimeException e) {
                        log.error("request {} can't be answered; it waits", request.id(), e);
                    }
                });
    }

    private ObjectNode issue(Request request, Member member) {
        Instant until = clock.instant().plus(validity).truncatedTo(ChronoUnit.SECONDS);
        int index = book.reserve(request.credentials().size());
        ObjectNode message = answer(request, "ISSUED");
        ArrayNode containers = message.putArray("credentials");
        List<Issued> records = new ArrayList<>();
        List<String> hashes = new ArrayList<>();
        for (String kindId : request.credentials()) {
            Kind kind = java.util.Objects.requireNonNull(kinds.get(kindId), kindId);
            String id = "urn:uuid:" + UUID.randomUUID();
            String jwt =
                    writer.credential(
                            kind.profile(),
                            id,
                            kind.type(),
                            member.did(),
                            member.claims(),
                            index,
                            until);
            records.add(
                    new Issued(id, member.did(), kind.type(), kind.profile(), index, until, false));
            hashes.add(
                    HexFormat.of()
                            .formatHex(
                                    SecurityProviders.digest("SHA-256")
                                            .digest(jwt.getBytes(UTF_8))));
            containers
                    .addObject()
                    .put("credentialType", kind.type())
                    .put("format", kind.profile().format())
                    .put("payload", jwt);
            index++;
        }
        book.issue(request.id(), records, hashes);
        return message;
    }

    private static ObjectNode answer(Request request, String status) {
        ObjectNode message = Messages.of("CredentialMessage");
        message.put("issuerPid", request.id()).put("holderPid", request.holderPid());
        return message.put("status", status);
    }

    /** Again after 1, 2, 4 … s; a holder that stays away asks again when it is back. */
    private void send(Request request, ObjectNode message, int tries, Runnable done) {
        String trouble;
        try {
            GuardedHttp.Answer answer = post(request.holder(), "/credentials", message);
            if (answer.good()) {
                done.run();
                return;
            }
            trouble = "HTTP " + answer.status();
            if (answer.status() / 100 == 4) {
                tries = 1; // it will not like it better the next time
            }
        } catch (UnauthorizedException | IllegalArgumentException e) {
            trouble = String.valueOf(e.getMessage());
        }
        if (tries > 1) {
            int left = tries - 1;
            later.schedule(
                    () -> send(request, message, left, done),
                    1L << (TRIES - tries),
                    TimeUnit.SECONDS);
        } else {
            log.warn("{} does not take its credentials: {}", request.holder(), trouble);
        }
    }

    private GuardedHttp.Answer post(String holder, String path, ObjectNode message) {
        URI service =
                resolver.resolve(holder)
                        .findService("CredentialService")
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "the DID document of "
                                                        + holder
                                                        + " has no CredentialService"));
        return http.exchange(
                HttpRequest.newBuilder(CredentialService.at(service, path))
                        .header("Content-Type", "application/json")
                        .header("Authorization", tokens.authorization(holder, ""))
                        .POST(HttpRequest.BodyPublishers.ofString(message.toString()))
                        .build(),
                Messages.MAX_BYTES);
    }

    @Override
    public void close() {
        later.shutdownNow();
    }
}
