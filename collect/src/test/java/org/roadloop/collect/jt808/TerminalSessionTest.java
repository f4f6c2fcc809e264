package org.roadloop.collect.jt808;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TerminalSessionTest {
    private static final String PHONE = "13900000001";
    private static final long SECOND = 1_000_000_000L;
    private static final Position POSITION =
            new Position(0, 3, 31.2, 121.4, 40, 6, 90, "2026-06-01T00:00:00Z", List.of(), null);

    private final Map<String, String> tokens = new HashMap<>();
    private TerminalSession session = newSession();
    private int serial = 65_530;

    @BeforeEach
    void start() {
        session = newSession();
    }

    @Test
    void aTerminalRegistersAuthenticatesAndReports() {
        assertThat(receive(registration()))
                .isEqualTo("answer RegistrationAnswer[answeredSerial=65530, result=0, token=T1]");
        assertThat(session.state()).isEqualTo(TerminalSession.State.CONNECTED);
        assertThat(receive(new LinkMessage.Authentication("T1", null, null)))
                .isEqualTo("answer PlatformAnswer[answeredSerial=65531, answeredId=258, result=0]");
        assertThat(session.state()).isEqualTo(TerminalSession.State.AUTHENTICATED);
        assertThat(receive(new PositionMessage.PositionReport(POSITION)))
                .isEqualTo("store PlatformAnswer[answeredSerial=65532, answeredId=512, result=0]");
        assertThat(receive(new LinkMessage.Heartbeat()))
                .isEqualTo("answer PlatformAnswer[answeredSerial=65533, answeredId=2, result=0]");
        assertThat(receive(new LinkMessage.TimeRequest()))
                .isEqualTo("answer TimeAnswer[time=2026-06-01T00:00:00Z]");
        assertThat(receive(new LinkMessage.Deregistration()))
                .isEqualTo("answer PlatformAnswer[answeredSerial=65535, answeredId=3, result=0]");
        assertThat(tokens).isEmpty();
        assertThat(session.state()).isEqualTo(TerminalSession.State.CONNECTED);
    }

    @Test
    void nothingIsStoredBeforeAuthentication() {
        assertThat(receive(new PositionMessage.PositionReport(POSITION)))
                .isEqualTo(
                        "jt808_not_authenticated PlatformAnswer[answeredSerial=65530,"
                                + " answeredId=512, result=1]");
        assertThat(receive(new LinkMessage.Authentication("guessed", null, null)))
                .isEqualTo(
                        "jt808_token PlatformAnswer[answeredSerial=65531, answeredId=258,"
                                + " result=1]");
        assertThat(session.state()).isEqualTo(TerminalSession.State.CONNECTED);
    }

    @Test
    void anotherPhoneOnTheSameConnectionIsRefused() {
        authenticate();
        OutgoingMessage stranger =
                OutgoingMessage.of(new LinkMessage.Heartbeat(), Edition.JT2013, "13900000002", 1);
        assertThat(receive(stranger.frames().getFirst(), 0)).startsWith("jt808_phone_changed ");
        assertThat(receive(new LinkMessage.Heartbeat())).startsWith("answer ");
    }

    @Test
    void aWrongBodyIsAnsweredAsWrong() {
        authenticate();
        byte[] frame =
                OutgoingMessage.of(0x0200, new byte[27], Edition.JT2013, PHONE, 9)
                        .frames()
                        .getFirst();
        assertThat(receive(frame, 0))
                .isEqualTo("jt808_body PlatformAnswer[answeredSerial=9, answeredId=512, result=2]");
    }

    @Test
    void anUploadInPackagesIsOneRecordAndOneAnswer() {
        authenticate();
        MediaMessage.MultimediaData picture =
                new MediaMessage.MultimediaData(
                        new MediaMessage.MultimediaEvent(77, 0, 0, 0, 1),
                        POSITION,
                        Bytes.copyOf(new byte[2500], 0, 2500));
        OutgoingMessage sent = OutgoingMessage.of(picture, Edition.JT2013, PHONE, 100);
        assertThat(sent.frames()).hasSize(3);
        assertThat(receive(sent.frames().get(0), 0)).isEqualTo("jt808_packages");
        assertThat(receive(sent.frames().get(2), 0)).isEqualTo("jt808_packages");
        List<PackageAssembler.Group> givenUp = new ArrayList<>();
        List<OutgoingMessage> requests = session.duePackages(10 * SECOND, givenUp);
        assertThat(requests).hasSize(1);
        assertThat(read(requests.getFirst()))
                .isEqualTo(new LinkMessage.PlatformPackageRequest(100, List.of(2)));
        assertThat(receive(sent.frames().get(1), 11 * SECOND))
                .isEqualTo("store MultimediaAnswer[mediaId=77, packageNumbers=null]");
    }

    /** T, then T × 1, × 2, × 3: JT/T 808-2013 §6.1.1, formula 1. */
    @Test
    void repeatsWaitLongerEachTime() {
        PendingCommands.Policy policy = new PendingCommands.Policy(SECOND, 5, 4);
        assertThat(LongStream.range(0, 6).map(n -> policy.timeoutNanos((int) n) / SECOND))
                .containsExactly(1L, 1L, 2L, 6L, 24L, 120L);
        authenticate();
        OutgoingMessage command =
                session.send(new PositionMessage.PositionQuery(), 0).orElseThrow();
        List<String> timetable = new ArrayList<>();
        for (long second = 0; second < 60; second++) {
            for (PendingCommands.Due due : session.dueCommands(second * SECOND)) {
                assertThat(due.command()).isEqualTo(command);
                timetable.add(second + " " + due.getClass().getSimpleName());
            }
        }
        // 10 s, 10 s, 20 s, 60 s behind each other; the policy of this test has two repeats.
        assertThat(timetable).containsExactly("10 Repeat", "20 Repeat", "40 GivenUp");
    }

    @Test
    void anAnswerEndsItsCommand() {
        authenticate();
        OutgoingMessage query = session.send(new PositionMessage.PositionQuery(), 0).orElseThrow();
        OutgoingMessage text =
                session.send(new CommandMessage.TextMessage(1, null, "慢行".repeat(800)), 0)
                        .orElseThrow();
        assertThat(text.frames()).hasSize(4);
        // An answer may carry the serial of any package.
        assertThat(receive(new LinkMessage.TerminalAnswer(text.serial() + 3, 0x8300, 3)))
                .isEqualTo("answered 8300 3");
        assertThat(receive(new PositionMessage.PositionAnswer(query.serial(), POSITION)))
                .isEqualTo("answered 8201 0");
        assertThat(receive(new PositionMessage.PositionAnswer(query.serial(), POSITION)))
                .isEqualTo("jt808_answer_to_nothing");
        assertThat(session.dueCommands(100 * SECOND)).isEmpty();
    }

    @Test
    void aTerminalMayAskForPackagesOfACommand() {
        authenticate();
        OutgoingMessage text =
                session.send(new CommandMessage.TextMessage(1, null, "慢".repeat(1200)), 0)
                        .orElseThrow();
        TerminalSession.Step step =
                step(
                        frame(new LinkMessage.TerminalPackageRequest(text.serial(), List.of(2, 9))),
                        0);
        assertThat(step).isInstanceOf(TerminalSession.Step.Repeat.class);
        assertThat(((TerminalSession.Step.Repeat) step).frames())
                .containsExactly(text.frames().get(1));
    }

    @Test
    void commandsAreBounded() {
        authenticate();
        for (int i = 0; i < 4; i++) {
            assertThat(session.send(new CommandMessage.ParameterQuery(), 0)).isPresent();
        }
        assertThat(session.send(new CommandMessage.ParameterQuery(), 0)).isEmpty();
    }

    private TerminalSession newSession() {
        TerminalBook book =
                new TerminalBook() {
                    @Override
                    public Entry register(String phone, Registration registration) {
                        tokens.put(phone, "T1");
                        return new Entry(0, "T1");
                    }

                    @Override
                    public boolean authenticates(String phone, String token) {
                        return token.equals(tokens.get(phone));
                    }

                    @Override
                    public void deregister(String phone) {
                        tokens.remove(phone);
                    }
                };
        return new TerminalSession(
                book,
                InstantSource.fixed(Instant.parse("2026-06-01T00:00:00Z")),
                new PendingCommands.Policy(10 * SECOND, 2, 4),
                PackageAssembler.Bounds.DEFAULT);
    }

    private void authenticate() {
        receive(registration());
        receive(new LinkMessage.Authentication("T1", null, null));
        assertThat(session.state()).isEqualTo(TerminalSession.State.AUTHENTICATED);
    }

    private static Registration registration() {
        return new Registration(2013, 31, 115, "MAKER", "MODEL", "TEST001", 1, "测A12345");
    }

    private String receive(Message message) {
        return receive(frame(message), 0);
    }

    private byte[] frame(Message message) {
        return OutgoingMessage.of(message, Edition.JT2013, PHONE, serial++ & 0xFFFF)
                .frames()
                .getFirst();
    }

    private TerminalSession.Step step(byte[] frame, long nowNanos) {
        FrameCutter cutter = new FrameCutter();
        cutter.over(frame, 0, frame.length);
        assertThat(cutter.next()).isEqualTo(FrameCutter.Verdict.FRAME);
        return session.received(cutter.bytes(), cutter.message(), frame, nowNanos);
    }

    private String receive(byte[] frame, long nowNanos) {
        return switch (step(frame, nowNanos)) {
            case TerminalSession.Step.Answer step -> "answer " + read(step.answer());
            case TerminalSession.Step.Store step -> "store " + read(step.answer());
            case TerminalSession.Step.Refuse step -> step.reason() + " " + read(step.answer());
            case TerminalSession.Step.Nothing step -> step.reason();
            case TerminalSession.Step.Repeat step -> "repeat " + step.frames().size();
            case TerminalSession.Step.Answered step ->
                    "answered %04x %d".formatted(step.command().id(), step.result());
        };
    }

    private static Message read(OutgoingMessage sent) {
        byte[] frame = sent.frames().getFirst();
        FrameCutter cutter = new FrameCutter();
        cutter.over(frame, 0, frame.length);
        assertThat(cutter.next()).isEqualTo(FrameCutter.Verdict.FRAME);
        byte[] bytes = cutter.bytes();
        int message = cutter.message();
        return Message.read(
                Frame.id(bytes, message),
                new BodyReader(
                        Frame.edition(bytes, message),
                        bytes,
                        Frame.bodyOffset(bytes, message),
                        Frame.bodyBytes(bytes, message)));
    }
}
