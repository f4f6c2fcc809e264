package org.roadloop.app.witness;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.config.Oversight;
import org.roadloop.app.home.PrivateFiles;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.app.platform.LedgerKeys;
import org.roadloop.app.platform.Part;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Anchor;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.FileAnchor;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.witness.Cosignatures;
import org.roadloop.core.ledger.witness.Submission;
import org.roadloop.core.ledger.witness.Witness;
import org.roadloop.dataspace.dsp.ConnectorConfig;
import org.roadloop.dataspace.identity.DidResolver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Our ledger before the eyes of others, and theirs before ours (见证): cosignatures, the logs of
 * partners, anchors, the regulator's view. Appends never wait for it.
 */
public final class WitnessPart implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(WitnessPart.class);
    private static final String PREFIX = "/witness";

    /** Its state stands in one home: two with the same key could cosign a fork between them. */
    private static final String ROLE = "witness";

    /** What a start waits for its witnesses; one that answers later is heard by the rounds. */
    private static final Duration START_WAIT = Duration.ofSeconds(4);

    private final Supplier<Set<String>> partnerDids;
    private @Nullable Running running;
    private @Nullable WitnessRounds rounds;

    /**
     * @param partnerDids DIDs of the other party of each contract in force
     */
    public WitnessPart(Supplier<Set<String>> partnerDids) {
        this.partnerDids = partnerDids;
    }

    /** What exists between start and close. */
    static final class Running {
        final PlatformContext context;
        final HttpClient http;
        final Path dir;
        final Witness witness;
        final WitnessRoutes routes;
        final Cosignatures cosignatures;
        final Partners partners;
        final PartnerWatch watch;
        final Anchoring anchoring;
        final OwnFaults ownFaults;
        final List<Cosigner> configured = new ArrayList<>();
        final Map<String, Cosigner> ofPartners = new LinkedHashMap<>();

        /** False where another node that shares our ledger witnesses and is witnessed for us. */
        final boolean acts;

        Running(PlatformContext context, Path dir, HttpClient http) {
            this.context = context;
            this.http = http;
            this.dir = dir;
            acts = context.ledger().claim(ROLE);
            Keystore keystore = context.keystore();
            Signer signer = keystore.signer("witness", context.participant().did());
            String origin = LedgerKeys.of(keystore).origin();
            witness =
                    new Witness(
                            dir.resolve("logs"),
                            origin + "/witness",
                            signer,
                            keystore.publicKeys("witness").stream()
                                    .map(Keystore.PublicEpoch::key)
                                    .toList(),
                            context.clock(),
                            view -> LOG.error("split view: {}", view.summary()));
            routes = new WitnessRoutes(witness);
            cosignatures = new Cosignatures(dir.resolve("cosigned"));
            DidResolver resolver =
                    new DidResolver(context.clock(), context.config().http().loopback());
            partners =
                    new Partners(
                            dir.resolve("partners.json"),
                            pinned(context, origin),
                            resolver,
                            http,
                            ConnectorConfig.of(context.publicUrl(), Optional.empty()),
                            context.clock());
            watch = new PartnerWatch(witness, http, context.clock());
            anchoring =
                    new Anchoring(
                            places(context, http),
                            context.ledger(),
                            context.participant().did(),
                            dir.resolve("anchored.jsonl"),
                            context.clock());
            ownFaults = new OwnFaults(context, dir);
            for (Oversight.Witness one : context.config().ledger().oversight().witnesses()) {
                configured.add(
                        new Cosigner(
                                new WitnessClient(http, one.url()), one.key(), context.clock()));
            }
        }

        private static List<Anchoring.Place> places(PlatformContext context, HttpClient http) {
            List<Anchoring.Place> places = new ArrayList<>();
            for (Oversight.Anchor one : context.config().ledger().oversight().anchors()) {
                Anchor anchor =
                        switch (one) {
                            case Oversight.FileAnchor f ->
                                    new FileAnchor(f.name(), f.file(), context.clock());
                            case Oversight.WitnessAnchor w ->
                                    new RemoteAnchor(
                                            w.name(),
                                            new WitnessClient(http, w.witness().url()),
                                            w.witness().key());
                        };
                places.add(new Anchoring.Place(anchor, Duration.ofMinutes(one.everyMinutes())));
            }
            return places;
        }

        /** No partner speaks for our own log, nor for one whose keys the operator has given. */
        private static Map<String, List<SignedNote.VerifierKey>> pinned(
                PlatformContext context, String ownOrigin) {
            Map<String, List<SignedNote.VerifierKey>> pinned =
                    new HashMap<>(context.config().ledger().oversight().logKeysByOrigin());
            pinned.put(ownOrigin, List.of());
            return pinned;
        }

        OwnLog own() {
            Keystore keystore = context.keystore();
            String origin = LedgerKeys.of(keystore).origin();
            return new OwnLog(
                    context.ledger(),
                    unrevoked(keystore, LedgerKeys.KEY)
                            .map(k -> new SignedNote.VerifierKey(origin, k.key()))
                            .toList(),
                    unrevoked(keystore, "participant").map(Keystore.PublicEpoch::key).toList());
        }

        private static Stream<Keystore.PublicEpoch> unrevoked(Keystore keystore, String name) {
            return keystore.publicKeys(name).stream()
                    .filter(k -> keystore.revokedAt(name, k.epoch()).isEmpty());
        }

        /** Those of the configuration, and the witness of each partner that is not one of them. */
        synchronized List<Cosigner> cosigners() {
            for (LogStatement partner : partners.list()) {
                SignedNote.VerifierKey key = partner.witnessKey();
                if (configured.stream().noneMatch(c -> c.key().equals(key))) {
                    ofPartners.computeIfAbsent(
                            key.toString(),
                            k ->
                                    new Cosigner(
                                            new WitnessClient(http, partner.witnessUrl()),
                                            key,
                                            context.clock()));
                }
            }
            List<Cosigner> all = new ArrayList<>(configured);
            all.addAll(ofPartners.values());
            return all;
        }
    }

    @Override
    public String name() {
        return "witness";
    }

    @Override
    public boolean always() {
        return true;
    }

    @Override
    public void start(PlatformContext context) throws IOException, InterruptedException {
        Path dir = context.home().root().resolve("witness");
        PrivateFiles.folder(dir);
        HttpClient http =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(2))
                        .build();
        Running on = new Running(context, dir, http);
        WitnessRounds rounds = new WitnessRounds(on, partnerDids);
        running = on;
        this.rounds = rounds;
        context.config()
                .ledger()
                .oversight()
                .logKeysByOrigin()
                .forEach((origin, keys) -> on.witness.trust(origin, keys));
        on.partners.list().forEach(p -> on.witness.trust(p.origin(), p.logKeys()));
        if (!on.acts) {
            LOG.info("another node of this ledger is the witness and asks its witnesses");
            return;
        }
        // Before any other part writes: a log that went back must not go on.
        rounds.offerToAll(START_WAIT);
    }

    @Override
    public void opened() {
        if (running().acts && rounds != null) {
            rounds.begin();
        }
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException("the part 'witness' is not started");
        }
        return running;
    }

    /**
     * Keys of the log of another party of a contract, by its own signed word.
     *
     * @param note that they are to verify: a party may have rotated its key
     * @throws IOException if it can't be reached or says nothing that holds
     */
    public List<SignedNote.VerifierKey> logKeysOf(String did, String note)
            throws IOException, InterruptedException {
        return running().partners.logKeys(did, note);
    }

    /** A checkpoint of ours as it is shown: with the cosignatures there are for just it. */
    public String shown(Checkpoint checkpoint) {
        return running().cosignatures.onto(checkpoint);
    }

    @Override
    public void mount(RoutesConfig routes) {
        Running on = running();
        if (on.acts) {
            on.routes.mount(routes, PREFIX);
        } else {
            routes.post(PREFIX + "/add-checkpoint", WitnessPart::elsewhere);
            routes.get(PREFIX + "/{originHash}/checkpoint", WitnessPart::elsewhere);
            routes.post(PREFIX + "/{originHash}/handover", WitnessPart::elsewhere);
            routes.get(PREFIX + "/{originHash}/handover/{epoch}", WitnessPart::elsewhere);
        }
        routes.get("/log/checkpoint.cosigned", this::cosigned, Role.ANYONE);
        routes.get(PREFIX + "/submission", this::submission);
        routes.get(PREFIX + "/keys", this::keys);
    }

    @Override
    public List<Route> described() {
        return List.of(
                Route.post(
                        PREFIX + "/add-checkpoint",
                        Role.ANYONE,
                        "C2SP tlog-witness: a checkpoint with its consistency proof, as text; answers"
                                + " the cosignature",
                        WitnessPart::elsewhere),
                Route.get(
                        PREFIX + "/{originHash}/checkpoint",
                        Role.ANYONE,
                        "The last checkpoint cosigned of a log, by the SHA-256 of its origin",
                        WitnessPart::elsewhere),
                Route.get(
                        "/log/checkpoint.cosigned",
                        Role.ANYONE,
                        "The last checkpoint of ours that enough witnesses cosigned",
                        this::cosigned),
                Route.get(
                        PREFIX + "/submission",
                        Role.ANYONE,
                        "What a witness that knows ?old entries of our log is sent",
                        this::submission),
                Route.get(
                        PREFIX + "/keys", Role.ANYONE, "Keys of our log and witness", this::keys));
    }

    private static void elsewhere(Context c) {
        c.status(503)
                .contentType("text/plain; charset=utf-8")
                .result("another node of this platform is the witness; ask that one\n");
    }

    /** What we would hand to a witness that knows {@code ?old} entries. */
    private void submission(Context c) {
        String old = c.queryParam("old");
        if (old == null || !old.matches("\\d{1,18}")) {
            throw Problem.badRequest("invalid_old", "give ?old=SIZE, a whole number from 0");
        }
        Checkpoint checkpoint = running().context.ledger().checkpoint();
        long from = Math.min(Long.parseLong(old), checkpoint.size());
        c.contentType("text/plain; charset=utf-8")
                .result(Submission.of(running().context.ledger(), checkpoint, from).write());
    }

    private void keys(Context c) {
        Running on = running();
        LedgerKeys keys = LedgerKeys.of(on.context.keystore());
        Signer signer = on.context.participant();
        LogStatement statement =
                new LogStatement(
                        signer.did(),
                        keys.origin(),
                        on.own().keys().reversed(),
                        java.net.URI.create(on.context.publicUrl() + PREFIX),
                        on.witness.key());
        c.contentType("application/jose")
                .result(statement.sign(signer, on.context.clock().instant()));
    }

    @Override
    public List<Route> routes() {
        Running on = running();
        List<Route> routes =
                new ArrayList<>(
                        new RegulatorRoutes(
                                        on.context.ledger(),
                                        on.context.config().ledger().oversight().regulatorTypes())
                                .routes());
        routes.add(
                Route.get(
                        "/api/v1/ledger/checkpoint/cosigned",
                        Role.ANYONE,
                        "Newest checkpoint that a witness has signed, with all cosignatures",
                        this::cosigned));
        routes.add(
                Route.get(
                                "/api/v1/ledger/witnesses",
                                Role.AUDITOR,
                                "Who witnesses this ledger and how far, and whether it is on hold",
                                this::witnesses)
                        .alsoFor(Role.REGULATOR));
        routes.add(
                Route.get(
                                "/api/v1/ledger/witnessed",
                                Role.AUDITOR,
                                "Logs that are witnessed here: size, time, state, split views",
                                this::witnessed)
                        .alsoFor(Role.REGULATOR));
        routes.add(
                Route.get(
                                "/api/v1/ledger/anchors",
                                Role.AUDITOR,
                                "Where checkpoints were left, with receipts",
                                on.anchoring::answer)
                        .alsoFor(Role.REGULATOR));
        return routes;
    }

    private void cosigned(Context c) {
        Checkpoint latest =
                running()
                        .cosignatures
                        .findLatest()
                        .orElseThrow(
                                () ->
                                        Problem.notFound(
                                                "not_cosigned",
                                                "no witness has signed a checkpoint yet"));
        c.contentType("text/plain; charset=utf-8").result(latest.note());
    }

    private void witnesses(Context c) {
        Running on = running();
        ObjectNode answer = Json.mapper().createObjectNode();
        answer.put("hold", on.context.hold().reason().orElse(""));
        answer.put("witnessKey", on.witness.key().toString());
        ArrayNode items = answer.putArray("items");
        for (Cosigner cosigner : on.cosigners()) {
            Cosigner.State state = cosigner.state();
            items.addObject()
                    .put("witness", cosigner.key().name())
                    .put("url", cosigner.client().prefix().toString())
                    .put("state", state.standing().name().toLowerCase(java.util.Locale.ROOT))
                    .put("size", state.size())
                    .put("cosignedAt", instant(state.timeSeconds()))
                    .put("remark", state.remark());
        }
        c.json(answer);
    }

    private void witnessed(Context c) {
        Running on = running();
        Map<String, String> participants = new HashMap<>();
        on.partners.list().forEach(p -> participants.put(p.origin(), p.participant()));
        ObjectNode answer = Json.mapper().createObjectNode();
        ArrayNode items = answer.putArray("items");
        for (Witness.Known known : on.witness.list()) {
            ObjectNode item = items.addObject();
            item.put("participant", participants.getOrDefault(known.origin(), ""));
            item.put("origin", known.origin()).put("size", known.size());
            item.put("cosignedAt", instant(known.timeSeconds()));
            on.watch
                    .find(known.origin())
                    .ifPresent(
                            sight ->
                                    item.put(
                                                    "state",
                                                    sight.state()
                                                            .name()
                                                            .toLowerCase(java.util.Locale.ROOT))
                                            .put("seenAt", sight.at().toString())
                                            .put("remark", sight.remark()));
            ArrayNode views = item.putArray("splitViews");
            known.splitViews().forEach(view -> views.add(view.toJson()));
        }
        c.json(answer);
    }

    private static String instant(long seconds) {
        return seconds == 0 ? "" : Instant.ofEpochSecond(seconds).toString();
    }

    @Override
    public Map<String, LongSupplier> metrics() {
        Running on = running;
        if (on == null) {
            return Map.of();
        }
        Map<String, LongSupplier> metrics = new TreeMap<>(on.routes.metrics());
        metrics.put(
                "ledger_cosigned_entries",
                () -> on.cosignatures.findLatest().map(Checkpoint::size).orElse(0L));
        metrics.put(
                "ledger_witnesses_cosigning",
                () ->
                        on.cosigners().stream()
                                .filter(c -> c.state().standing() == Cosigner.Standing.COSIGNING)
                                .count());
        metrics.put("ledger_on_hold", () -> on.context.hold().reason().isPresent() ? 1 : 0);
        metrics.putAll(on.anchoring.metrics());
        return metrics;
    }

    @Override
    public boolean ready() {
        Running on = running;
        return on == null || on.context.hold().reason().isEmpty();
    }

    @Override
    public void close() throws InterruptedException {
        Running on = running;
        if (on != null) {
            if (rounds != null) {
                rounds.close();
            }
            on.http.close();
            running = null;
        }
    }
}
