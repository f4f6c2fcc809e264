package org.roadloop.core.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.contract.Message.ContractAgreementMessage;
import org.roadloop.core.contract.Message.ContractAgreementVerificationMessage;
import org.roadloop.core.contract.Message.ContractNegotiationEventMessage;
import org.roadloop.core.contract.Message.ContractRequestMessage;
import org.roadloop.core.contract.Message.EventType;
import org.roadloop.core.evidence.EvidenceQueue;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.FileLedger;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.policy.Place;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.policy.Usage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Budgets, expiry and withdrawn facts at the gate, by policies as they are written. */
class UsageBudgetTest {
    /**
     * A second is promised, and held by the bench; here, what never comes is told from what does.
     */
    private static final long WITHIN_MILLIS = 60_000;

    private static final String PROVIDER = "did:web:localhost%3A7080";
    private static final String CONSUMER = "did:web:localhost%3A7081";
    private static final int THREADS = 64;

    @TempDir Path home;
    private FileLedger ledger;
    private ContractBook book;
    private ContractGate gate;
    private final Clock clock = Clock.systemUTC();
    private final Map<String, Set<String>> claims = new ConcurrentHashMap<>();
    private volatile boolean trusted = true;
    private volatile Optional<Place> place = Optional.empty();
    private volatile List<UsageSystem> systems = List.of();
    private EventBook events;
    private Duration grace = Duration.ofMillis(400);

    private final UsageFacts facts =
            new UsageFacts() {
                @Override
                public Map<String, Set<String>> claims(String did) {
                    return Map.copyOf(claims);
                }

                @Override
                public Optional<Place> place(Agreement agreement, String action) {
                    return action.equals("use") ? place : Optional.empty();
                }

                @Override
                public List<UsageSystem> systems(Agreement agreement, String action) {
                    return action.equals("computeToData") ? systems : List.of();
                }

                @Override
                public Map<String, Usage.Happening> events() {
                    return events.happenings();
                }

                @Override
                public boolean trusted(String did) {
                    return trusted;
                }
            };

    @BeforeEach
    void open() {
        Signer signer = Keystore.open(home.resolve("keys")).signer("ledger", PROVIDER);
        ledger = FileLedger.open(home.resolve("ledger"), "localhost/test", signer);
        book = new ContractBook(ledger, PROVIDER, clock);
        events = new EventBook(ledger, PROVIDER, clock);
        gate = gate();
    }

    private ContractGate gate() {
        return new ContractGate(ledger, book, clock, facts, grace);
    }

    @AfterEach
    void close() throws Exception {
        ledger.close();
    }

    /**
     * @param rules members of the policy: {@code "permission": [...]}
     */
    private Agreement contract(String rules) {
        Policy offer =
                Policy.fromJson(
                                JsonMapper.shared()
                                        .readTree(
                                                "{\"@type\":\"Offer\",\"@id\":\"o\","
                                                        + rules.replace('\'', '"')
                                                        + "}"))
                        .withTarget("tracks");
        Instant agreedAt = clock.instant();
        Agreement agreement =
                Agreement.conclude("urn:uuid:a1", PROVIDER, CONSUMER, offer, agreedAt)
                        .withProviderSignature("sig-p");
        Dialogue empty = new Dialogue(Role.PROVIDER, "P1", "C1", CONSUMER, "http://c", List.of());
        book.begin(empty, new ContractRequestMessage("", "C1", offer, "http://c"), Role.CONSUMER);
        book.apply("P1", new ContractAgreementMessage("P1", "C1", agreement), Role.PROVIDER);
        book.apply(
                "P1", new ContractAgreementVerificationMessage("P1", "C1", "sig-c"), Role.CONSUMER);
        book.apply(
                "P1",
                new ContractNegotiationEventMessage("P1", "C1", EventType.FINALIZED),
                Role.PROVIDER);
        return agreement;
    }

    private UsageGate.Access ask(ContractGate at, String purpose) {
        return at.open("urn:uuid:a1", CONSUMER, "use", purpose, clock.instant());
    }

    private UsageGate.Lease lease() {
        return lease("");
    }

    private UsageGate.Lease lease(String purpose) {
        UsageGate.Access access = ask(gate, purpose);
        assertThat(access).isInstanceOf(UsageGate.Lease.class);
        return (UsageGate.Lease) access;
    }

    private static List<String> codes(UsageGate.Access access) {
        return access instanceof UsageGate.Refusal refusal
                ? refusal.reasons().stream().map(UsageGate.Reason::code).toList()
                : List.of();
    }

    private long metered(String unit) {
        try (var entries = ledger.read(0)) {
            return entries.map(e -> e.event())
                    .filter(e -> e.type().equals(UsageRecord.EVENT))
                    .map(e -> UsageRecord.fromJson(e.json()))
                    .filter(r -> r.unit().equals(unit))
                    .mapToLong(UsageRecord::quantity)
                    .sum();
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # unit | constraint                                              | each | granted
                    use    | {'leftOperand':'count','operator':'lteq','rightOperand':'40'} | 1 | 40
                    row    | {'leftOperand':'count','operator':'lteq','rightOperand':'100','unit':'row'} | 7 | 14
                    byte   | {'leftOperand':'count','operator':'lt','rightOperand':'4096','unit':'byte'} | 100 | 40
                    row    | {'leftOperand':'payAmount','operator':'lteq','rightOperand':'0.5','unit':'CNY'} | 3 | 16
                    """)
    void aBudgetIsSpentToTheLastUnitByManyThreadsAndNeverBeyond(
            String unit, String constraint, long each, int granted) throws Exception {
        // 1 fen a row: 0.5 yuan are 50 rows, 16 times 3
        contract(
                "'permission':[{'action':'use','constraint':["
                        + constraint
                        + "]}],'roadloop:tariff':{'currency':'CNY','prices':[{'unit':'row','per':1,'milli':10}]}");
        AtomicInteger got = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        ContractGate second = gate(); // two writers that share no lock
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                UsageGate.Access access = ask(i % 2 == 0 ? gate : second, "");
                all.add(
                        threads.submit(
                                () -> {
                                    go.await();
                                    try {
                                        ((UsageGate.Lease) access).use(each, unit);
                                        got.incrementAndGet();
                                    } catch (UsageGate.RefusedException e) {
                                        refused.incrementAndGet();
                                    }
                                    return null;
                                }));
            }
            go.countDown();
            for (Future<?> f : all) {
                f.get(120, TimeUnit.SECONDS);
            }
        }
        assertThat(got.get()).isEqualTo(granted);
        assertThat(refused.get()).isEqualTo(THREADS - granted);
        assertThat(metered(unit)).isEqualTo(granted * each);

        // another run of the platform knows the same
        book = new ContractBook(ledger, PROVIDER, clock);
        gate = gate();
        UsageGate.Access again = ask(gate, "");
        if (again instanceof UsageGate.Lease lease) {
            assertThatThrownBy(() -> lease.use(each, unit))
                    .isInstanceOf(UsageGate.RefusedException.class);
        }
        assertThat(metered(unit)).isEqualTo(granted * each);
    }

    @Test
    void eachPermissionHasItsOwnCountAndIsNamedInTheEvidence() {
        contract(
                """
                'permission':[
                 {'action':'use','constraint':[
                  {'leftOperand':'purpose','operator':'eq','rightOperand':'a'},
                  {'leftOperand':'count','operator':'lteq','rightOperand':'1'}]},
                 {'action':'use','constraint':[
                  {'leftOperand':'purpose','operator':'eq','rightOperand':'b'},
                  {'leftOperand':'count','operator':'lteq','rightOperand':'2'}]}]""");
        try (UsageGate.Lease b = lease("b")) {
            b.use(2, "use");
        }
        try (UsageGate.Lease a = lease("a")) {
            a.use(1, "use");
        }
        assertThat(codes(ask(gate, "a"))).contains("count_exhausted");
        assertThat(codes(ask(gate, "b"))).contains("count_exhausted");
        try (var entries = ledger.read(0)) {
            assertThat(
                            entries.filter(e -> e.event().type().equals(UsageRecord.EVENT))
                                    .map(e -> e.event().json().required("permission").asString()))
                    .containsExactly("/permission/1", "/permission/0");
        }
    }

    @Tag("slow")
    @Test
    void aLeaseEndsByItselfAtItsTime() throws Exception {
        Instant until = clock.instant().plusSeconds(20);
        contract(
                "'permission':[{'action':'use','constraint':[{'leftOperand':'dateTime',"
                        + "'operator':'lteq','rightOperand':'"
                        + until
                        + "'}]}]");
        UsageGate.Lease lease = lease();
        long late = endedAfter(lease, until);
        assertThat(lease.endedFor()).extracting(UsageGate.Reason::code).containsExactly("expired");
        assertThat(late).isBetween(0L, WITHIN_MILLIS);
        assertThatThrownBy(() -> lease.use(1, "row"))
                .isInstanceOf(UsageGate.RefusedException.class);
        awaitEvidence(UsageEvents.ENDED);
    }

    @Tag("slow")
    @Test
    void meteredTimeIsSharedByAllLeasesAndEndsThemTogether() throws Exception {
        contract(
                "'permission':[{'action':'use','constraint':[{'leftOperand':'meteredTime',"
                        + "'operator':'lteq','rightOperand':'PT16S'}]}]");
        UsageGate.Lease one = lease();
        UsageGate.Lease two = lease();
        Instant began = clock.instant();
        one.use(1, "row");
        two.use(1, "row");
        long oneMillis = endedAfter(one, began);
        long twoMillis = endedAfter(two, began);
        // two leases of eight seconds each, where one alone had sixteen
        assertThat(oneMillis).isBetween(4_000L, 60_000L);
        assertThat(twoMillis).isBetween(4_000L, 60_000L);
        awaitEvidence(UsageEvents.ENDED);
        gate = gate();
        try (var entries = ledger.read(0)) {
            assertThat(
                            entries.filter(e -> e.event().type().equals(UsageEvents.TIMED))
                                    .mapToLong(e -> e.event().json().required("seconds").asLong())
                                    .sum())
                    .as("what was allowed, and what a slow machine took to end them")
                    .isBetween(14L, (oneMillis + twoMillis) / 1000 + 4);
        }
    }

    /** Whoever looks while seconds go from the lease to the ledger sees them all the same. */
    @Test
    void secondsOfAnEndingLeaseAreAlwaysCounted() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean slow = new AtomicBoolean();
        Ledger slowly =
                ledger(
                        method -> {
                            if (method.equals("read") && slow.get()) {
                                reading.countDown();
                                goOn.await();
                            }
                        });
        Agreement agreement =
                contract(
                        "'permission':[{'action':'use','constraint':[{'leftOperand':'meteredTime',"
                                + "'operator':'lteq','rightOperand':'PT600S'}]}]");
        gate = new ContractGate(slowly, book, clock, facts, grace);
        MeteredLease one = (MeteredLease) lease();
        MeteredLease two = (MeteredLease) lease();
        one.use(1, "row");
        while (one.runningSeconds(clock.instant()) == 0) {
            Thread.onSpinWait(); // a begun second counts
        }
        slow.set(true);
        one.close();
        reading.await();
        AtomicLong seconds = new AtomicLong();
        Thread looks = new Thread(() -> seconds.set(seconds(two, agreement)));
        looks.start();
        while (looks.getState() != Thread.State.BLOCKED
                && looks.getState() != Thread.State.TERMINATED) {
            Thread.onSpinWait(); // it waits for them, or has looked past them
        }
        slow.set(false);
        goOn.countDown();
        looks.join();
        assertThat(seconds.get()).isPositive();
    }

    /** What ended while the ledger could not be written is nobody else's; written later, once. */
    @Test
    void secondsThatTheLedgerDoesNotTakeAreCountedAllTheSame() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        Ledger filling =
                ledger(
                        method -> {
                            if (method.equals("append") && full.get()) {
                                throw new IllegalStateException("no space left on device");
                            }
                        });
        Agreement agreement =
                contract(
                        "'permission':[{'action':'use','constraint':[{'leftOperand':'meteredTime',"
                                + "'operator':'lteq','rightOperand':'PT600S'}]}]");
        try (EvidenceQueue queue =
                new EvidenceQueue(home.resolve("late"), filling, PROVIDER, 100, 1 << 20)) {
            book = new ContractBook(filling, PROVIDER, clock, queue);
            gate = new ContractGate(filling, book, clock, facts, grace);
            MeteredLease one = (MeteredLease) lease();
            MeteredLease two = (MeteredLease) lease();
            one.use(1, "row");
            while (one.runningSeconds(clock.instant()) == 0) {
                Thread.onSpinWait(); // a begun second counts
            }
            full.set(true);
            one.close();
            while (gate.runningSeconds(agreement.id(), clock.instant()) > 0) {
                Thread.onSpinWait(); // it is ending
            }
            long counted = seconds(two, agreement);
            assertThat(counted).isPositive();
            ContractGate former = gate;
            gate = new ContractGate(ledger, book, clock, facts, grace);
            MeteredLease again = (MeteredLease) lease();
            assertThat(seconds(again, agreement)).as("after a restart").isEqualTo(counted);
            full.set(false);
            awaitEvidence(UsageEvents.TIMED);
            assertThat(former.uses(agreement.id())).as("the ledger was read again").isEqualTo(1);
            gate.uses(agreement.id());
            assertThat(List.of(seconds(two, agreement), seconds(again, agreement)))
                    .as("each counts it once")
                    .containsOnly(counted);
        }
    }

    private interface Before {
        void call(String method) throws Exception;
    }

    /** The ledger, with something before each call. */
    private Ledger ledger(Before before) {
        return (Ledger)
                Proxy.newProxyInstance(
                        Ledger.class.getClassLoader(),
                        new Class<?>[] {Ledger.class},
                        (proxy, method, arguments) -> {
                            before.call(method.getName());
                            try {
                                return method.invoke(ledger, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private long seconds(MeteredLease lease, Agreement agreement) {
        Instant now = clock.instant();
        ContractGate.Counted counted = gate.counted(lease, now);
        return counted.tally()
                .with(agreement, List.of(), List.of(), counted.runningSeconds(), now)
                .counters()
                .getOrDefault(Usage.METERED_SECONDS, 0L);
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"claim, fact_missing", "trust, participant_not_trusted", "infringed, remedy_open"})
    void aWithdrawnFactEndsWhatRunsWithinASecond(String what, String code) throws Exception {
        claims.put("membership", Set.of("active"));
        contract(
                """
                'permission':[{'action':'use','constraint':[
                 {'leftOperand':'membership','operator':'eq','rightOperand':'active'}]}],
                'prohibition':[{'action':'sell','odrl:remedy':[{'action':'delete'}]}]""");
        UsageGate.Lease lease = lease();
        lease.use(1, "row");
        Instant now = clock.instant();
        switch (what) {
            case "claim" -> claims.clear();
            case "trust" -> trusted = false;
            default -> gate.noteInfringed("urn:uuid:a1", "/prohibition/0", "sold on");
        }
        long millis = endedAfter(lease, now);
        assertThat(millis).as("ms from withdrawal to end").isLessThan(WITHIN_MILLIS);
        assertThat(codes(ask(gate, ""))).first().asString().contains(code.substring(0, 4));
    }

    @Test
    void aDutyThatComesFirstOpensTheGateOnceItIsNoted() {
        contract("'permission':[{'action':'use','duty':[{'action':'compensate'}]}]");
        assertThat(ask(gate, "")).isInstanceOf(UsageGate.Refusal.class);
        gate.noteDutyPerformed(
                "urn:uuid:a1",
                "compensate",
                clock.instant(),
                CONSUMER,
                JsonMapper.shared().createObjectNode().put("receipt", "42"));
        assertThat(ask(gate, "")).isInstanceOf(UsageGate.Lease.class);
        gate = gate();
        assertThat(ask(gate, "")).isInstanceOf(UsageGate.Lease.class);
    }

    @Tag("slow")
    @Test
    void aDeletionThatIsNotReportedShutsTheGateAfterItsGrace() throws Exception {
        contract(
                "'permission':[{'action':'use','duty':[{'action':'delete','constraint':"
                        + "[{'leftOperand':'elapsedTime','operator':'lteq','rightOperand':'PT0.5S'}]}]}]");
        UsageGate.Lease lease = lease();
        Instant used = clock.instant();
        lease.use(1, "row");
        long millis = endedAfter(lease, used);
        assertThat(millis)
                .as("deadline 500 ms and grace 400 ms")
                .isBetween(900L, 900L + WITHIN_MILLIS);
        assertThat(codes(ask(gate, ""))).containsExactly("duty_violated");
        assertThat(gate.duties("urn:uuid:a1"))
                .singleElement()
                .satisfies(d -> assertThat(d.deontic().name()).isEqualTo("VIOLATED"));
        gate.noteDutyPerformed(
                "urn:uuid:a1",
                "/permission/0/duty/0",
                used,
                CONSUMER,
                JsonMapper.shared().createObjectNode());
        assertThat(ask(gate, "")).isInstanceOf(UsageGate.Lease.class);
    }

    /** A claim about a place is no place: only what the platform says of the use counts. */
    @Tag("slow")
    @Test
    void aUseEndsWithItsPlace() throws Exception {
        contract(
                "'permission':[{'action':'use','constraint':[{'leftOperand':'spatial',"
                        + "'operator':'isPartOf','rightOperand':'CN-SH'}]}]");
        claims.put("spatial", Set.of("CN-SH"));
        assertThat(codes(ask(gate, ""))).containsExactly("fact_missing");
        place = Optional.of(new Place("310115", null, Place.Basis.PROVEN));
        UsageGate.Lease lease = lease();
        try (Stream<Entry> entries = ledger.read(0)) {
            JsonNode opened =
                    entries.map(Entry::event)
                            .filter(e -> e.type().equals(ContractGate.OPENED))
                            .findFirst()
                            .orElseThrow()
                            .json();
            assertThat(opened.required("place").asString()).isEqualTo("310115");
            assertThat(opened.required("placeBasis").asString()).isEqualTo("PROVEN");
        }
        assertThat(codes(gate.open("urn:uuid:a1", CONSUMER, "computeToData", "", clock.instant())))
                .as("where the code runs is another place")
                .isNotEmpty();
        Instant moved = clock.instant();
        place = Optional.of(new Place("320500", null, Place.Basis.PROVEN));
        assertThat(endedAfter(lease, moved)).isLessThan(WITHIN_MILLIS);
        assertThat(codes(ask(gate, ""))).containsExactly("place_not_allowed");
    }

    /** Where code goes to the data, the contract may name the systems and the places of both. */
    @Test
    void aTaskMayRunOnlyAtTheSystemsOfItsContract() {
        contract(
                """
                'permission':[{'action':'computeToData','constraint':[
                 {'leftOperand':'systemDevice','operator':'isAnyOf',
                  'rightOperand':['park','ai-centre']},
                 {'leftOperand':'spatial','operator':'isPartOf','rightOperand':'CN-31'}]}]""");
        assertThat(codes(compute())).as("no system is known").contains("fact_missing");
        systems =
                List.of(
                        new UsageSystem("edge", at("310115")),
                        new UsageSystem("park", at("320500")));
        assertThat(codes(compute()))
                .as("the one has the wrong name, the other is elsewhere")
                .contains("place_not_allowed");
        systems =
                List.of(
                        new UsageSystem("edge", at("310115")),
                        new UsageSystem("park", null),
                        new UsageSystem("ai-centre", at("310115")));
        UsageGate.Lease lease = (UsageGate.Lease) compute();
        assertThat(lease.objections("ai-centre")).isEmpty();
        assertThat(lease.objections("edge")).isNotEmpty();
        assertThat(lease.objections("park"))
                .as("nobody knows where it is")
                .extracting(UsageGate.Reason::code)
                .containsExactly("fact_missing");
        assertThat(lease.objections("nowhere")).isNotEmpty();

        assertThatThrownBy(() -> lease.useAt("edge", new UsageGate.Quantity(1, "use")))
                .isInstanceOf(UsageGate.RefusedException.class);
        gate.judgeAgain((MeteredLease) lease);
        assertThat(lease.endedFor()).as("it may run elsewhere still").isEmpty();
        lease.at("ai-centre");
        lease.use(1, "use");
        try (Stream<Entry> entries = ledger.read(0)) {
            assertThat(
                            entries.map(Entry::event)
                                    .filter(e -> e.type().equals(UsageRecord.EVENT))
                                    .map(e -> e.json().required("atSystem").asString()))
                    .containsExactly("ai-centre");
        }
        try (Stream<Entry> entries = ledger.read(0)) {
            assertThat(
                            entries.map(Entry::event)
                                    .filter(e -> e.type().matches("usage\\.(opened|metered)"))
                                    .map(e -> e.json().path("place").asString("open")))
                    .as("the place is that of the system, and open before")
                    .containsExactly("open", "310115");
        }
        assertThat(gate().uses("urn:uuid:a1")).isEqualTo(1);
        systems = List.of(new UsageSystem("ai-centre", at("320500")));
        assertThatThrownBy(() -> lease.use(1, "compute-second"))
                .as("it is not where it was")
                .isInstanceOf(UsageGate.RefusedException.class);
    }

    /** A contract of one use outlives a restart; a call that is taken back costs no use. */
    @Test
    void whatGoesOnAfterARestartAsksForNoFurtherUse() {
        contract(
                "'permission':[{'action':'computeToData','constraint':[{'leftOperand':'count',"
                        + "'operator':'lteq','rightOperand':'1'}]}]");
        UsageGate.Lease first = (UsageGate.Lease) compute();
        first.use(1, "use");
        assertThat(codes(compute())).as("another one").isNotEmpty();
        gate = gate();
        UsageGate.Lease again =
                (UsageGate.Lease)
                        gate.resume("urn:uuid:a1", CONSUMER, "computeToData", "", clock.instant());
        again.reverse(again.use(1, "call"), "nothing_sent");
        again.use(1, "call");
        assertThat(metered("use")).isEqualTo(1);
        assertThat(metered("call")).isEqualTo(2);
    }

    @Test
    void usesAtTwoSystemsAreJudgedAndNotedEachAtItsOwn() {
        contract(
                "'permission':[{'action':'computeToData','constraint':[{'leftOperand':'systemDevice',"
                        + "'operator':'isAnyOf','rightOperand':['park','edge']}]}]");
        systems =
                List.of(
                        new UsageSystem("edge", at("310115")),
                        new UsageSystem("park", null),
                        new UsageSystem("moon", null));
        UsageGate.Lease lease = (UsageGate.Lease) compute();
        lease.at("edge");
        lease.useAt("park", new UsageGate.Quantity(1, "call"));
        lease.use(1, "call");
        assertThatThrownBy(() -> lease.useAt("moon", new UsageGate.Quantity(1, "call")))
                .isInstanceOf(UsageGate.RefusedException.class);
        try (Stream<Entry> entries = ledger.read(0)) {
            assertThat(
                            entries.map(Entry::event)
                                    .filter(e -> e.type().equals(UsageRecord.EVENT))
                                    .map(
                                            e ->
                                                    e.json().required("unit").asString()
                                                            + " "
                                                            + e.json()
                                                                    .required("atSystem")
                                                                    .asString()))
                    .containsExactly("use park", "call park", "call edge");
        }
    }

    @Test
    void aSystemOfWhichNobodyKnowsThePlaceIsMeteredWithout() {
        contract("'permission':[{'action':'computeToData'}]");
        systems = List.of(new UsageSystem("park", null));
        UsageGate.Lease lease = (UsageGate.Lease) compute();
        lease.at("park");
        lease.use(1, "use");
        try (Stream<Entry> entries = ledger.read(0)) {
            assertThat(
                            entries.map(Entry::event)
                                    .filter(e -> e.type().equals(UsageRecord.EVENT))
                                    .map(Event::json)
                                    .map(
                                            body ->
                                                    body.required("atSystem").asString()
                                                            + body.path("place").asString("")))
                    .containsExactly("park");
        }
    }

    private UsageGate.Access compute() {
        return gate.open("urn:uuid:a1", CONSUMER, "computeToData", "", clock.instant());
    }

    private static Place at(String region) {
        return new Place(region, null, Place.Basis.DECLARED);
    }

    @Tag("slow")
    @Test
    void aUseIsAllowedWhileAnEventGoesOn() throws Exception {
        contract(
                "'permission':[{'action':'use','constraint':[{'leftOperand':'event',"
                        + "'operator':'eq','rightOperand':'urn:town:campaign'}]}]");
        assertThat(codes(ask(gate, ""))).containsExactly("fact_missing");
        events.plan("urn:town:campaign", "order 12");
        assertThat(codes(ask(gate, ""))).containsExactly("event_not_met");
        events.begin("urn:town:campaign", clock.instant(), "notice 7 of the transport bureau");
        UsageGate.Lease lease = lease();
        // another node, or the next start, knows the same
        EventBook replayed = new EventBook(ledger, PROVIDER, clock);
        assertThat(replayed.happenings()).isEqualTo(events.happenings());
        assertThatThrownBy(() -> events.begin("urn:town:campaign", clock.instant(), "again"))
                .hasMessageContaining("running already");
        Instant over = clock.instant();
        events.end("urn:town:campaign", over, "protocol of the end");
        assertThat(endedAfter(lease, over)).isLessThan(WITHIN_MILLIS);
        assertThat(codes(ask(gate, ""))).containsExactly("event_not_met");
        assertThatThrownBy(() -> events.end("urn:town:campaign", clock.instant(), "again"))
                .hasMessageContaining("not running");
        assertThatThrownBy(() -> events.begin("urn:town:flood", clock.instant(), " "))
                .hasMessageContaining("evidence");
        assertThatThrownBy(
                        () -> events.begin("urn:town:campaign", over.minusSeconds(60), "backdated"))
                .hasMessageContaining("last step");
        events.begin("urn:town:campaign", clock.instant(), "notice 9");
        lease();
        assertThat(new EventBook(ledger, PROVIDER, clock).list().getFirst().steps()).hasSize(4);
    }

    /** Milliseconds from an instant to the end of the lease. */
    private long endedAfter(UsageGate.Lease lease, Instant from) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Instant[] at = new Instant[1];
        lease.onRevoked(
                () -> {
                    at[0] = clock.instant();
                    ended.countDown();
                });
        assertThat(ended.await(120, TimeUnit.SECONDS)).isTrue();
        return Duration.between(from, at[0]).toMillis();
    }

    private void awaitEvidence(String type) {
        long until = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        while (System.nanoTime() < until) {
            try (Stream<?> found = ledger.read(0).filter(e -> e.event().type().equals(type))) {
                if (found.findAny().isPresent()) {
                    return;
                }
            }
            ledger.awaitGrowth(ledger.size(), Duration.ofMillis(50));
        }
        throw new AssertionError("no " + type + " in the ledger");
    }
}
