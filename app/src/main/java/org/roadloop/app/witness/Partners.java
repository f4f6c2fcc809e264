package org.roadloop.app.witness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.app.home.PrivateFiles;
import org.roadloop.app.http.Json;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.SignedNote.VerifierKey;
import org.roadloop.dataspace.dsp.ConnectorConfig;
import org.roadloop.dataspace.dsp.PeerAddress;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.roadloop.dataspace.identity.DidResolver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * The logs of the other parties of our contracts (合约对方账本): found by their DID, kept with what they
 * signed about them. A log once learnt stays, also when its participant names another. Any thread.
 */
final class Partners {
    private static final Logger LOG = LoggerFactory.getLogger(Partners.class);
    private static final String SERVICE = "TransparencyLogWitness";
    private static final Duration REFRESH = Duration.ofMinutes(10);
    private static final Duration RETRY = Duration.ofSeconds(15);

    private final Path file;
    private final Map<String, List<VerifierKey>> pinned;
    private final DidResolver resolver;
    private final HttpClient http;
    private final ConnectorConfig self;
    private final InstantSource clock;
    private final Map<String, LogStatement> byOrigin = new LinkedHashMap<>();
    private final Map<String, Instant> nextAt = new ConcurrentHashMap<>();

    /**
     * @param file JSON list of {@link LogStatement}; missing: none yet
     * @param pinned by origin, logs whose keys the operator or this platform itself knows: what a
     *     partner says of them adds none
     */
    Partners(
            Path file,
            Map<String, List<VerifierKey>> pinned,
            DidResolver resolver,
            HttpClient http,
            ConnectorConfig self,
            InstantSource clock) {
        this.file = file;
        this.pinned = Map.copyOf(pinned);
        this.resolver = resolver;
        this.http = http;
        this.self = self;
        this.clock = clock;
        try {
            if (Files.exists(file)) {
                for (JsonNode node : Json.read(file)) {
                    LogStatement statement = LogStatement.fromJson(node);
                    if (overrules(statement)) {
                        LOG.warn(
                                "log {} of {} is passed over: its keys are pinned here, and"
                                        + " others were said to be its",
                                statement.origin(),
                                statement.participant());
                    } else {
                        byOrigin.put(statement.origin(), statement);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("partners " + file + " can't be read", e);
        }
    }

    synchronized List<LogStatement> list() {
        return List.copyOf(byOrigin.values());
    }

    /** Asks those who are new, and the others now and then; who does not answer is asked later. */
    void learn(Set<String> dids) throws InterruptedException {
        for (String did : dids) {
            Instant now = clock.instant();
            if (nextAt.getOrDefault(did, Instant.MIN).isAfter(now)) {
                continue;
            }
            try {
                Optional<LogStatement> statement = ask(did);
                if (statement.isPresent()) {
                    add(statement.get());
                }
                nextAt.put(did, now.plus(REFRESH));
            } catch (IOException
                    | IllegalArgumentException
                    | CallerIdentity.UnauthorizedException e) {
                LOG.info("log of {} is not known yet: {}", did, e.getMessage());
                nextAt.put(did, now.plus(RETRY));
            }
        }
    }

    /**
     * Keys of a participant's log by its own signed word, asked for now if they are not known yet,
     * or none of those known is named in the note.
     *
     * @throws IOException if it can't be reached or says nothing that holds
     */
    List<VerifierKey> logKeys(String did, String note) throws IOException, InterruptedException {
        Optional<LogStatement> known = find(did);
        if (known.isEmpty() || !names(note, known.get().logKeys())) {
            try {
                Optional<LogStatement> asked = ask(did);
                if (asked.isPresent()) {
                    add(asked.get());
                    known = asked;
                }
            } catch (IllegalArgumentException | CallerIdentity.UnauthorizedException e) {
                throw new IOException("what " + did + " says of its log: " + e.getMessage(), e);
            }
        }
        return known.orElseThrow(
                        () -> new IOException(did + " names no log of its own in its DID document"))
                .logKeys();
    }

    /** What is no note is not worth asking for. */
    private static boolean names(String note, List<VerifierKey> keys) {
        try {
            return SignedNote.names(note, keys);
        } catch (SignedNote.InvalidNoteException noNote) {
            return true;
        }
    }

    /** The log a participant named last. */
    private synchronized Optional<LogStatement> find(String did) {
        return byOrigin.values().stream()
                .filter(p -> p.participant().equals(did))
                .reduce((former, latter) -> latter);
    }

    /** A log that shows signatures of unknown keys may have new ones: its participant is asked. */
    void askAgain(LogStatement partner) {
        nextAt.remove(partner.participant());
    }

    private Optional<LogStatement> ask(String did) throws IOException, InterruptedException {
        Optional<URI> service = resolver.resolve(did).findService(SERVICE);
        if (service.isEmpty()) {
            return Optional.empty(); // a connector of another make
        }
        PeerAddress.check(service.get().toString(), self);
        String jws = new WitnessClient(http, service.get()).fetchStatement();
        LogStatement statement =
                LogStatement.verify(jws, did, keyId -> resolver.findKey(did, keyId));
        PeerAddress.check(statement.witnessUrl().toString(), self);
        return Optional.of(statement);
    }

    private boolean overrules(LogStatement statement) {
        List<VerifierKey> known = pinned.get(statement.origin());
        return known != null && !known.containsAll(statement.logKeys());
    }

    private synchronized void add(LogStatement statement) throws IOException {
        if (overrules(statement)) {
            throw new IOException(
                    "log "
                            + statement.origin()
                            + " has keys pinned here, and the statement names others");
        }
        LogStatement known = byOrigin.get(statement.origin());
        if (statement.equals(known)) {
            return;
        }
        if (known != null && !known.participant().equals(statement.participant())) {
            throw new IOException(
                    "log " + statement.origin() + " is already that of " + known.participant());
        }
        byOrigin.values().stream()
                .filter(p -> p.participant().equals(statement.participant()))
                .filter(p -> !p.origin().equals(statement.origin()))
                .forEach(
                        former ->
                                LOG.warn(
                                        "{} has a new log, {}; its log {} stays on record",
                                        statement.participant(),
                                        statement.origin(),
                                        former.origin()));
        byOrigin.put(statement.origin(), statement);
        ArrayNode list = Json.mapper().createArrayNode();
        new ArrayList<>(byOrigin.values()).forEach(p -> list.add(p.toJson()));
        PrivateFiles.replace(file, list.toPrettyString() + "\n");
        LOG.info("log {} of {} is witnessed", statement.origin(), statement.participant());
    }
}
