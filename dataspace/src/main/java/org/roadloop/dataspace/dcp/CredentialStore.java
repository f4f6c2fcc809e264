package org.roadloop.dataspace.dcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

/**
 * The credentials a participant holds and has asked for (凭证库): the fold of {@code
 * credential.asked}, {@code credential.received} and {@code credential.refused}. Any thread.
 *
 * <p>What an issuer sends again under the same request replaces what it sent before of the same
 * type and profile.
 */
public final class CredentialStore {
    static final String ASKED = "credential.asked";
    static final String RECEIVED = "credential.received";
    static final String REFUSED = "credential.refused";
    private static final int MAX_HELD = 1_000;

    private final Ledger ledger;
    private final String did;
    private final Clock clock;
    private final Map<Slot, VerifiableCredential> held = new LinkedHashMap<>();

    /** Issuer by our id of the request. */
    private final Map<String, String> asked = new LinkedHashMap<>();

    private final Map<String, String> refused = new LinkedHashMap<>();
    private long foldedTo = -1;

    private record Slot(String holderPid, String type, Profile profile) {}

    /** Replays the ledger. */
    public CredentialStore(Ledger ledger, String did, Clock clock) {
        this.ledger = ledger;
        this.did = did;
        this.clock = clock;
        try (Stream<Entry> entries = ledger.read(0, Set.of(ASKED, RECEIVED, REFUSED))) {
            entries.forEach(this::follow);
        }
    }

    /** Takes over what another node has appended. */
    public synchronized void follow(Entry entry) {
        if (entry.index() > foldedTo) {
            foldedTo = entry.index();
            fold(entry.event());
        }
    }

    /** Notes a request to an issuer before it is sent. */
    public synchronized void ask(String holderPid, String issuer, List<String> credentialIds) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("issuer", issuer);
        ArrayNode ids = body.putArray("credentials");
        credentialIds.forEach(ids::add);
        append(Event.of(ASKED, clock.instant(), did, holderPid, body));
    }

    /** The issuer that a request went to. */
    synchronized Optional<String> issuerOf(String holderPid) {
        return Optional.ofNullable(asked.get(holderPid));
    }

    /** Keeps what came for a request; all of them or none. */
    synchronized void receive(String holderPid, List<VerifiableCredential> credentials) {
        if (held.size() + credentials.size() > MAX_HELD) {
            throw new DcpException(
                    409, "store_full", "this participant holds " + MAX_HELD + " credentials");
        }
        List<Event> events = new ArrayList<>();
        for (VerifiableCredential credential : credentials) {
            ObjectNode payload = JsonMapper.shared().createObjectNode();
            payload.put("holderPid", holderPid).put("jwt", credential.jwt());
            events.add(
                    Event.withPayload(
                            RECEIVED,
                            clock.instant(),
                            did,
                            holderPid,
                            payload.toString().getBytes(UTF_8)));
        }
        long first = ledger.append(events).firstIndex();
        for (int i = 0; i < events.size(); i++) {
            foldAt(first + i, events.get(i));
        }
    }

    /** Notes that an issuer will not issue. */
    synchronized void refuse(String holderPid, String reason) {
        ObjectNode body = JsonMapper.shared().createObjectNode().put("reason", reason);
        append(Event.of(REFUSED, clock.instant(), did, holderPid, body));
    }

    /** Of all that is held, the oldest first. */
    synchronized List<VerifiableCredential> list() {
        return List.copyOf(held.values());
    }

    /** Requests that were asked, by id, with what became of them. */
    synchronized Map<String, String> requests() {
        Map<String, String> all = new LinkedHashMap<>();
        asked.keySet()
                .forEach(
                        pid -> {
                            boolean here =
                                    held.keySet().stream().anyMatch(s -> s.holderPid().equals(pid));
                            String why = refused.get(pid);
                            all.put(
                                    pid,
                                    here ? "ISSUED" : why == null ? "WAITING" : "REJECTED: " + why);
                        });
        return all;
    }

    private void append(Event event) {
        foldAt(ledger.append(event).firstIndex(), event);
    }

    private void foldAt(long index, Event event) {
        if (index > foldedTo) {
            foldedTo = index;
        }
        fold(event);
    }

    private void fold(Event event) {
        if (!event.actor().equals(did)) {
            return;
        }
        switch (event.type()) {
            case ASKED -> asked.put(event.subject(), event.json().path("issuer").asString(""));
            case REFUSED -> refused.put(event.subject(), event.json().path("reason").asString(""));
            case RECEIVED -> {
                if (event.body() instanceof Event.Payload payload) {
                    JsonNode json = JsonMapper.shared().readTree(payload.bytes());
                    VerifiableCredential credential =
                            VerifiableCredential.read(json.path("jwt").asString(""));
                    held.put(
                            new Slot(
                                    event.subject(),
                                    credential.types().stream().sorted().toList().toString(),
                                    credential.profile()),
                            credential);
                }
            }
            default -> {}
        }
    }
}
