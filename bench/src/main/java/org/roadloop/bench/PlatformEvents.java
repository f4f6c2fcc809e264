package org.roadloop.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.booking.Calendar;
import org.roadloop.core.booking.Claim;
import org.roadloop.core.booking.Hold;
import org.roadloop.core.booking.Resource;
import org.roadloop.core.clearing.CostRecord;
import org.roadloop.core.clearing.Price;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.clearing.UsageBatch;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.Dialogue;
import org.roadloop.core.contract.Message.ContractAgreementMessage;
import org.roadloop.core.contract.Message.ContractAgreementVerificationMessage;
import org.roadloop.core.contract.Message.ContractNegotiationEventMessage;
import org.roadloop.core.contract.Message.ContractRequestMessage;
import org.roadloop.core.contract.Message.EventType;
import org.roadloop.core.contract.Message.TransferCompletionMessage;
import org.roadloop.core.contract.Message.TransferRequestMessage;
import org.roadloop.core.contract.Message.TransferStartMessage;
import org.roadloop.core.contract.Role;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.policy.Permission;
import org.roadloop.core.policy.Policy;
import org.roadloop.network.admission.Admission;
import org.roadloop.network.admission.FlowRequest;
import org.roadloop.network.admission.Topology;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a platform writes in a year (平台事件), for a restart of all its books. Every journey is taken
 * once through the real book, and its events are then stamped with the number of a contract, a
 * flow, a task. Seeded. One thread.
 */
final class PlatformEvents {
    static final String DID = "did:web:cloud.park.example";
    static final Resource SLOTS = new Resource("slot:centre/cpu", 1_000_000, "slots");
    private static final String PEER = "did:web:oem-" + Stamp.HERE + ".example";
    private static final Instant START = Instant.parse("2026-06-01T00:00:00Z");
    private static final int BATCH_SAMPLES = 200;

    /** Of 1,000 journeys; the rest are uses, of four entries each. */
    private static final int CONTRACTS = 16;

    private static final int ASSETS = 4;
    private static final int TASKS = 8;
    private static final int FLOWS = 8;
    private static final int BATCHES = 8;
    private static final int OTHERS = 280;

    private final SplittableRandom random;
    private final List<Event> contract;
    private final List<Event> asset;
    private final List<Event> flow;
    private final List<Event> task;
    private final List<Event> use;
    private long made;
    private int contracts;

    /** A journey's events, with a number in place of {@link #HERE}. */
    private static final class Stamp {
        static final String HERE = "000000424242";

        private Stamp() {}

        static List<Event> on(List<Event> journey, long number, Instant at) {
            String digits = String.format("%012d", number);
            List<Event> stamped = new ArrayList<>(journey.size());
            for (Event event : journey) {
                stamped.add(
                        new Event(
                                event.type(),
                                event.version(),
                                at,
                                event.actor().replace(HERE, digits),
                                event.subject().replace(HERE, digits),
                                body(event.body(), digits)));
            }
            return stamped;
        }

        private static Event.Body body(Event.Body body, String digits) {
            return switch (body) {
                case Event.Inline inline ->
                        new Event.Inline(
                                JsonMapper.shared()
                                        .readTree(inline.json().toString().replace(HERE, digits)));
                case Event.Payload payload ->
                        new Event.Payload(
                                new String(payload.bytes(), UTF_8)
                                        .replace(HERE, digits)
                                        .getBytes(UTF_8));
                case Event.Erased erased -> erased;
            };
        }
    }

    /**
     * @param folder where a small ledger takes the journeys
     */
    PlatformEvents(Path folder, long seed) throws Exception {
        random = new SplittableRandom(seed);
        Clock clock = Clock.fixed(START, ZoneOffset.UTC);
        try (Ledger ledger = BenchLog.open(folder)) {
            asset = taken(ledger, () -> new AssetCatalog(ledger, DID, clock).offer(tracks()));
            contract = taken(ledger, () -> conclude(new ContractBook(ledger, DID, clock)));
            ContractBook book = new ContractBook(ledger, DID, clock);
            use = taken(ledger, () -> open(new ContractGate(ledger, book, clock)));
            flow = taken(ledger, () -> flow(new Admission(topology(), ledger, clock, DID)));
            task = taken(ledger, () -> task(ledger, clock));
        }
    }

    private interface Journey {
        void take() throws Exception;
    }

    private static List<Event> taken(Ledger ledger, Journey journey) throws Exception {
        long from = ledger.size();
        journey.take();
        try (Stream<Entry> entries = ledger.read(from)) {
            return entries.map(Entry::event).toList();
        }
    }

    static Topology topology() {
        return Topology.of(
                Topology.line("edge", "centre", 10_000_000_000L, 0, 5_000)
                        .toArray(Topology.Port[]::new));
    }

    /** The next events that belong together. */
    List<Event> next() {
        int kind = contracts < 4 ? 0 : random.nextInt(1000);
        Instant at = START.plusMillis(made * 25);
        made++;
        if ((kind -= CONTRACTS) < 0) {
            return Stamp.on(contract, contracts++, at);
        }
        if ((kind -= ASSETS) < 0) {
            return Stamp.on(asset, made, at);
        }
        if ((kind -= TASKS) < 0) {
            return Stamp.on(task, made, at);
        }
        if ((kind -= FLOWS) < 0) {
            return Stamp.on(flow, made, at);
        }
        if ((kind -= BATCHES) < 0) {
            List<UsageRecord> samples = new ArrayList<>(BATCH_SAMPLES);
            for (int i = 0; i < BATCH_SAMPLES; i++) {
                samples.add(use(random.nextInt(contracts), "byte", at.plusNanos(i)));
            }
            return UsageBatch.split(samples).getFirst().events(at, DID);
        }
        if ((kind -= OTHERS) < 0) {
            return List.of(
                    new CostRecord(
                                    "track_point",
                                    random.nextInt(1_000_000),
                                    random.nextInt(1_000_000_000),
                                    random.nextInt(1_000_000_000),
                                    random.nextInt(100_000),
                                    at.minusSeconds(3600),
                                    at)
                            .event(at, DID));
        }
        int number = random.nextInt(contracts);
        List<Event> events = new ArrayList<>(Stamp.on(use, number, at));
        for (String unit : new String[] {"use", "row", "byte"}) {
            UsageRecord record = use(number, unit, at);
            events.add(Event.of(UsageRecord.EVENT, at, DID, record.agreement(), record.toJson()));
        }
        return events;
    }

    private UsageRecord use(int number, String unit, Instant until) {
        String digits = String.format("%012d", number);
        return new UsageRecord(
                agreement().replace(Stamp.HERE, digits),
                "urn:asset:track-points-junction-" + number % 90,
                PEER.replace(Stamp.HERE, digits),
                "use",
                "mining",
                unit.equals("use") ? 1 : random.nextInt(5_000_000),
                unit,
                ContractGate.METER,
                1,
                until.minusNanos(1_000_000),
                until);
    }

    // ---------------------------------------------------------------- the journeys

    private static String agreement() {
        return "urn:uuid:00000000-0000-4000-8000-" + Stamp.HERE;
    }

    private static Asset tracks() {
        return new Asset.Dataset(
                "urn:asset:tracks-" + Stamp.HERE,
                new Asset.Title("Tracks", "轨迹"),
                DID,
                Map.of("dct:license", "contract"),
                "track_point",
                -1,
                List.of("lon", "lat", "speed"),
                List.of("HttpData-PULL"),
                List.of(new Offer(policy(), tariff())));
    }

    private static Policy policy() {
        return Policy.offer("urn:offer:" + Stamp.HERE, List.of(Permission.of("use")));
    }

    private static Tariff tariff() {
        return new Tariff("CNY", List.of(new Price.PerUnit("use", 1, 2000)));
    }

    private static void conclude(ContractBook book) {
        String provider = "urn:uuid:10000000-0000-4000-8000-" + Stamp.HERE;
        String consumer = "urn:uuid:20000000-0000-4000-8000-" + Stamp.HERE;
        Policy offer =
                new Offer(policy(), tariff()).terms().withTarget("urn:asset:tracks-" + Stamp.HERE);
        Agreement agreed =
                Agreement.conclude(agreement(), DID, PEER, offer, START)
                        .withProviderSignature("p".repeat(90));
        book.begin(
                new Dialogue(Role.PROVIDER, provider, consumer, PEER, "http://c", List.of()),
                new ContractRequestMessage("", consumer, offer, "http://c"),
                Role.CONSUMER);
        book.apply(
                provider, new ContractAgreementMessage(provider, consumer, agreed), Role.PROVIDER);
        book.apply(
                provider,
                new ContractAgreementVerificationMessage(provider, consumer, "c".repeat(90)),
                Role.CONSUMER);
        book.apply(
                provider,
                new ContractNegotiationEventMessage(provider, consumer, EventType.FINALIZED),
                Role.PROVIDER);
        String ours = "urn:uuid:30000000-0000-4000-8000-" + Stamp.HERE;
        String theirs = "urn:uuid:40000000-0000-4000-8000-" + Stamp.HERE;
        book.beginTransfer(
                new Dialogue(Role.PROVIDER, ours, theirs, PEER, "http://c", List.of()),
                new TransferRequestMessage(theirs, agreement(), "HttpData-PULL", null, "http://c"),
                Role.CONSUMER);
        book.applyTransfer(ours, new TransferStartMessage(ours, theirs, null), Role.PROVIDER);
        book.applyTransfer(ours, new TransferCompletionMessage(ours, theirs), Role.CONSUMER);
    }

    private static void open(ContractGate gate) {
        gate.open(agreement(), PEER, "use", "mining", START);
    }

    private static void flow(Admission admission) {
        String id = "flow-" + Stamp.HERE;
        admission.admit(
                new FlowRequest(
                        id, 0, 1_000_000, 20_000, 12_000, "edge", "centre", Duration.ofMillis(10)));
        admission.release(id);
    }

    /** A slot that is booked and given back, and the task that ran in it. */
    private static void task(Ledger ledger, Clock clock) {
        Calendar calendar = new Calendar(ledger, clock);
        calendar.define(SLOTS);
        Hold hold =
                calendar.hold(
                        DID,
                        List.of(new Claim(SLOTS.id(), 1, START, START.plusSeconds(60))),
                        START.plusSeconds(30));
        calendar.commit(hold.id());
        calendar.release(hold.id());
        String id = "task-" + Stamp.HERE;
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.putObject("task").put("name", "mine").put("description", "events of " + Stamp.HERE);
        ObjectNode open = JsonMapper.shared().createObjectNode();
        open.put("actor", PEER).put("agreement", agreement()).put("purpose", "mining");
        body.setAll(open);
        ledger.append(
                List.of(
                        Event.withPayload(
                                "task.created",
                                START,
                                DID,
                                id,
                                JsonMapper.shared().writeValueAsBytes(body)),
                        Event.of("task.queued", START, DID, id, open),
                        stage("task.placed", id, "hold", hold.id()),
                        stage("task.started", id, "site", "centre"),
                        stage("task.finished", id, "state", "COMPLETE")));
    }

    private static Event stage(String type, String task, String name, String value) {
        return Event.of(
                type, START, DID, task, JsonMapper.shared().createObjectNode().put(name, value));
    }
}
