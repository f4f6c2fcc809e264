package org.roadloop.network.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.roadloop.core.ledger.Event;
import org.roadloop.network.MemoryLedger;

/**
 * Roadside units a and b reach the centre over an edge switch; a second, longer way exists for a.
 *
 * <pre>
 *   a ── edge ── centre
 *   b ──┘  └─ far ─┘
 * </pre>
 */
class AdmissionTest {
    private static final long MEGA = 1_000_000;
    private final MemoryLedger ledger = new MemoryLedger();
    private final Topology topology = topology();
    private final Admission admission = open();

    @Test
    void anAdmittedFlowHasABoundThatIsEvidencedAndSurvivesARestart() {
        Decision.Admitted one = admitted(flow("one", 0, 10, "a", Duration.ofMillis(2)));
        assertThat(one.path()).containsExactly("a>edge", "edge>centre");
        // By hand, one flow of 2 packets of 4000 bit, frames of 12,304 bit from below, 100 Mbit/s,
        // 5 µs: 5 + 123.04 + 80 = 208.04 µs at a; at the edge the line brings at most one frame and
        // then 100 Mbit/s, the flow 8000 + 10·208.04 bit, so 5 + 123.04 + 100.804; lines 2 × 10 µs.
        assertThat(one.delayBound().toNanos()).isBetween(456_883L, 456_886L);
        assertThat(one.jitterBound()).isEqualTo(one.delayBound().minusNanos(20_000));
        Event event = ledger.read(one.ledgerIndex()).findFirst().orElseThrow().event();
        assertThat(event.type()).isEqualTo("network.admitted");
        assertThat(event.json().required("delayBoundNanos").asLong())
                .isEqualTo(one.delayBound().toNanos());

        Admission restarted = open();
        assertThat(restarted.findBound("one")).contains(one.delayBound());
        assertThat(restarted.admittedRate("edge>centre")).isEqualTo(10 * MEGA);
    }

    /** The operator took a line out of the configuration: the platform must still start. */
    @Test
    void flowsOverALineThatIsGoneAreReleasedAtTheNextStart() {
        admitted(flow("one", 0, 10, "a", Duration.ofMillis(2)));
        admitted(flow("two", 0, 10, "b", Duration.ofMillis(2)));
        admitted(flow("three", 0, 10, "b", Duration.ofMillis(2)));
        admission.release("three");
        Topology less =
                Topology.of(
                        topology.ports().values().stream()
                                .filter(p -> !p.from().equals("b") && !p.to().equals("b"))
                                .toList());
        for (int start = 0; start < 2; start++) {
            Admission restarted =
                    new Admission(less, ledger, Clock.systemUTC(), "did:web:network.example");
            assertThat(restarted.list()).containsExactly("one");
            assertThat(restarted.admittedRate("edge>centre")).isEqualTo(10 * MEGA);
        }
        List<Event> released =
                ledger.read(0)
                        .map(e -> e.event())
                        .filter(e -> e.type().equals(Admission.RELEASED))
                        .toList();
        assertThat(released).extracting(Event::subject).containsExactly("three", "two");
        assertThat(released.getLast().json().path("port").asString()).isEqualTo("b>edge");
    }

    @Test
    void aFlowThatWouldBreakAnothersPromiseIsRefused() {
        Decision.Admitted one = admitted(flow("one", 1, 10, "a", Duration.ofNanos(500_000)));
        Decision two = admission.admit(flow("two", 0, 10, "a", Duration.ofMillis(5)));
        assertThat(reasons(two)).isNotEmpty().allMatch(r -> r.code().equals("harms_flow"));
        assertThat(reasons(two).getFirst().text()).contains("flow one").contains("500000 ns");
        assertThat(admission.list()).containsExactly("one");
        assertThat(admission.findBound("one")).contains(one.delayBound());
    }

    @Test
    void lowerClassesWaitLongerAndHigherOnesKeepTheirBound() {
        Decision.Admitted high = admitted(flow("high", 0, 10, "a", Duration.ofMillis(2)));
        Decision.Admitted low = admitted(flow("low", 1, 10, "a", Duration.ofMillis(2)));
        assertThat(low.delayBound()).isGreaterThan(high.delayBound());
        assertThat(admission.findBound("high")).contains(high.delayBound());
    }

    @Test
    void whenTheShortWayIsFullTheLongOneIsTaken() {
        List<String> last = new ArrayList<>();
        for (int i = 0; i < 20 && !last.contains("edge>far"); i++) {
            last =
                    new ArrayList<>(
                            admitted(flow("f" + i, 0, 10, "a", Duration.ofSeconds(1))).path());
            if (i == 9) {
                break;
            }
        }
        assertThat(last).contains("a>edge");
        // a>edge is full now: ten flows of 10 Mbit/s.
        Decision eleventh = admission.admit(flow("late", 0, 10, "a", Duration.ofSeconds(1)));
        assertThat(reasons(eleventh)).extracting(Decision.Reason::code).containsOnly("unstable");
        // b has its own line to the edge; what goes straight on is full, the long way is not.
        assertThat(admitted(flow("b", 0, 10, "b", Duration.ofSeconds(1))).path())
                .containsExactly("b>edge", "edge>far", "far>centre");
    }

    @Test
    void aBufferThatCouldOverflowIsARefusal() {
        Decision decision =
                admission.admit(
                        new FlowRequest(
                                "huge",
                                0,
                                MEGA,
                                9_000_000,
                                4000,
                                "a",
                                "centre",
                                Duration.ofSeconds(9)));
        assertThat(reasons(decision))
                .extracting(Decision.Reason::code)
                .containsOnly("buffer_exceeded");
    }

    @Test
    void releaseGivesTheCapacityBackAndIsEvidence() {
        admitted(flow("one", 0, 60, "a", Duration.ofMillis(2)));
        assertThat(admission.admit(flow("two", 0, 60, "a", Duration.ofMillis(2))))
                .isInstanceOf(Decision.Refused.class);
        admission.release("one");
        admitted(flow("two", 0, 60, "a", Duration.ofMillis(2)));
        assertThat(open().list()).containsExactly("two");
        assertThatThrownBy(() -> admission.release("one")).hasMessageContaining("one");
    }

    @Test
    void namesWithoutAPathAndDuplicatesAreRefusedWithTheirReason() {
        assertThat(
                        reasons(
                                admission.admit(
                                        new FlowRequest(
                                                "x",
                                                0,
                                                MEGA,
                                                4000,
                                                4000,
                                                "a",
                                                "moon",
                                                Duration.ofSeconds(1)))))
                .extracting(Decision.Reason::code)
                .containsExactly("no_path");
        admitted(flow("one", 0, 10, "a", Duration.ofMillis(2)));
        assertThat(reasons(admission.admit(flow("one", 0, 10, "a", Duration.ofMillis(2)))))
                .extracting(Decision.Reason::code)
                .containsExactly("duplicate");
        assertThat(
                        reasons(
                                admission.admit(
                                        new FlowRequest(
                                                "y",
                                                0,
                                                MEGA,
                                                20_000,
                                                20_000,
                                                "a",
                                                "centre",
                                                Duration.ofSeconds(1)))))
                .extracting(Decision.Reason::code)
                .containsExactly("packet_too_long");
    }

    private Decision.Admitted admitted(FlowRequest request) {
        Decision decision = admission.admit(request);
        assertThat(decision).isInstanceOf(Decision.Admitted.class);
        return (Decision.Admitted) decision;
    }

    private static List<Decision.Reason> reasons(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Refused.class);
        return ((Decision.Refused) decision).reasons();
    }

    private static FlowRequest flow(
            String id, int trafficClass, long megabits, String from, Duration deadline) {
        return new FlowRequest(
                id, trafficClass, megabits * MEGA, 8000, 4000, from, "centre", deadline);
    }

    private Admission open() {
        return new Admission(topology, ledger, Clock.systemUTC(), "did:web:network.example");
    }

    private static Topology topology() {
        List<Topology.Port> ports = new ArrayList<>();
        for (String[] line :
                new String[][] {
                    {"a", "edge"},
                    {"b", "edge"},
                    {"edge", "centre"},
                    {"edge", "far"},
                    {"far", "centre"}
                }) {
            for (int way = 0; way < 2; way++) {
                ports.add(
                        new Topology.Port(
                                line[way], line[1 - way], 100 * MEGA, 5_000, 8_000_000, 10_000));
            }
        }
        return Topology.of(ports);
    }
}
