package org.roadloop.dataspace.dcp;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What an issuer was asked for, issued and revoked (签发台账): the fold of its events. Any thread. */
final class IssuerBook {
    private static final String REQUESTED = "credential.requested";
    private static final String ISSUED = "credential.issued";
    private static final String DELIVERED = "credential.delivered";
    private static final String REJECTED = "credential.rejected";
    private static final String REVOKED = "credential.revoked";
    private static final Set<String> TYPES =
            Set.of(REQUESTED, ISSUED, DELIVERED, REJECTED, REVOKED);

    /** Requests of one holder that wait: a stranger can't fill the book. */
    static final int MAX_WAITING_OF_ONE = 50;

    private final Ledger ledger;
    private final String did;
    private final Clock clock;
    private final Map<String, Request> requests = new LinkedHashMap<>();
    private final Map<String, Issued> issued = new LinkedHashMap<>();
    private final Map<Profile, StatusList> statuses = new EnumMap<>(Profile.class);
    private int nextIndex;
    private long foldedTo = -1;

    /** As in CredentialStatus. */
    enum State {
        RECEIVED,
        REJECTED,
        ISSUED
    }

    /**
     * @param id ours ({@code issuerPid})
     * @param holderPid the holder's
     * @param credentials ids of credential objects
     */
    record Request(
            String id,
            String holder,
            String holderPid,
            List<String> credentials,
            State state,
            String reason) {
        Request {
            credentials = List.copyOf(credentials);
        }

        private Request as(State next, String why) {
            return new Request(id, holder, holderPid, credentials, next, why);
        }
    }

    /**
     * A credential that is out in the world.
     *
     * @param statusIndex its bit in the status list
     */
    record Issued(
            String id,
            String holder,
            String type,
            Profile profile,
            int statusIndex,
            Instant validUntil,
            boolean revoked) {}

    /** Replays the ledger. */
    IssuerBook(Ledger ledger, String did, Clock clock) {
        this.ledger = ledger;
        this.did = did;
        this.clock = clock;
        for (Profile profile : Profile.values()) {
            statuses.put(profile, new StatusList(StatusList.MIN_BITS));
        }
        try (Stream<Entry> entries = ledger.read(0, TYPES)) {
            entries.forEach(this::follow);
        }
    }

    synchronized void follow(Entry entry) {
        if (entry.index() > foldedTo) {
            foldedTo = entry.index();
            fold(entry.event());
        }
    }

    synchronized void request(Request request) {
        long waiting =
                requests.values().stream()
                        .filter(r -> r.holder().equals(request.holder()))
                        .filter(r -> r.state() == State.RECEIVED)
                        .count();
        if (waiting >= MAX_WAITING_OF_ONE) {
            throw new DcpException(
                    429, "requests_waiting", waiting + " requests of yours wait already");
        }
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("holder", request.holder()).put("holderPid", request.holderPid());
        ArrayNode list = body.putArray("credentials");
        request.credentials().forEach(list::add);
        append(List.of(event(REQUESTED, request.id(), body)));
    }

    /** So many bits in a row of the status lists, not used before. */
    synchronized int reserve(int count) {
        int first = nextIndex;
        if (first + count > StatusList.MIN_BITS) {
            throw new IllegalStateException(
                    "the status list of "
                            + did
                            + " is full after "
                            + StatusList.MIN_BITS
                            + " credentials");
        }
        nextIndex += count;
        return first;
    }

    /** Before credentials are sent. */
    synchronized void issue(String requestId, List<Issued> credentials, List<String> sha256) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < credentials.size(); i++) {
            Issued credential = credentials.get(i);
            ObjectNode body = JsonMapper.shared().createObjectNode();
            body.put("holder", credential.holder()).put("type", credential.type());
            body.put("profile", credential.profile().alias());
            body.put("statusIndex", credential.statusIndex());
            body.put("validUntil", credential.validUntil().toString());
            body.put("sha256", sha256.get(i)).put("request", requestId);
            events.add(event(ISSUED, credential.id(), body));
        }
        append(events);
    }

    /** After the holder has taken them. */
    synchronized void delivered(String requestId) {
        append(List.of(event(DELIVERED, requestId, JsonMapper.shared().createObjectNode())));
    }

    synchronized void reject(String requestId, String reason) {
        ObjectNode body = JsonMapper.shared().createObjectNode().put("reason", reason);
        append(List.of(event(REJECTED, requestId, body)));
    }

    /** Ends a credential; again does nothing. */
    synchronized void revoke(String credentialId, String reason) {
        Issued credential = issued.get(credentialId);
        if (credential == null) {
            throw new NoSuchElementException(
                    "no credential '" + credentialId + "' was issued here");
        }
        if (!credential.revoked()) {
            ObjectNode body = JsonMapper.shared().createObjectNode();
            body.put("statusIndex", credential.statusIndex()).put("reason", reason);
            append(List.of(event(REVOKED, credentialId, body)));
        }
    }

    synchronized Optional<Request> find(String id) {
        return Optional.ofNullable(requests.get(id));
    }

    synchronized List<Request> requests() {
        return List.copyOf(requests.values());
    }

    synchronized List<Issued> issued() {
        return List.copyOf(issued.values());
    }

    synchronized String encodedStatus(Profile profile) {
        return java.util.Objects.requireNonNull(statuses.get(profile)).encode(profile);
    }

    private Event event(String type, String subject, JsonNode body) {
        return Event.of(type, clock.instant(), did, subject, body);
    }

    private void append(List<Event> events) {
        long first = ledger.append(events).firstIndex();
        foldedTo = Math.max(foldedTo, first + events.size() - 1);
        events.forEach(this::fold);
    }

    private void fold(Event event) {
        if (!event.actor().equals(did) || !(event.body() instanceof Event.Inline)) {
            return;
        }
        String id = event.subject();
        JsonNode body = event.json();
        switch (event.type()) {
            case REQUESTED ->
                    requests.put(
                            id,
                            new Request(
                                    id,
                                    body.path("holder").asString(""),
                                    body.path("holderPid").asString(""),
                                    body.path("credentials")
                                            .valueStream()
                                            .map(c -> c.asString(""))
                                            .toList(),
                                    State.RECEIVED,
                                    ""));
            case DELIVERED -> requests.computeIfPresent(id, (k, r) -> r.as(State.ISSUED, ""));
            case REJECTED ->
                    requests.computeIfPresent(
                            id, (k, r) -> r.as(State.REJECTED, body.path("reason").asString("")));
            case ISSUED -> {
                int index = body.path("statusIndex").asInt();
                nextIndex = Math.max(nextIndex, index + 1);
                issued.put(
                        id,
                        new Issued(
                                id,
                                body.path("holder").asString(""),
                                body.path("type").asString(""),
                                Profile.of(body.path("profile").asString("")),
                                index,
                                Instant.parse(body.path("validUntil").asString("")),
                                false));
            }
            case REVOKED -> {
                statuses.values().forEach(list -> list.set(body.path("statusIndex").asInt()));
                issued.computeIfPresent(
                        id,
                        (k, c) ->
                                new Issued(
                                        id,
                                        c.holder(),
                                        c.type(),
                                        c.profile(),
                                        c.statusIndex(),
                                        c.validUntil(),
                                        true));
            }
            default -> {}
        }
    }
}
