package org.roadloop.collect.jt808;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One terminal on one connection, without sockets (终端会话): registration, authentication, serials,
 * packages, and the commands that wait for it; JT/T 808-2013 chapters 5 to 7.
 *
 * <pre>
 *  CONNECTED --0102 with its token--> AUTHENTICATED --0003--> CONNECTED
 *  0100 is answered in both; before authentication nothing else but heartbeat and time is.
 * </pre>
 *
 * The caller writes what it is told, and sends an answer marked durable only after the record is on
 * disk. One thread.
 */
public final class TerminalSession {
    /** Where a session stands. */
    public enum State {
        CONNECTED,
        AUTHENTICATED
    }

    /** What to do with a message. */
    public sealed interface Step {
        /** Send at once. */
        record Answer(OutgoingMessage answer) implements Step {}

        /**
         * Append the record to the log, then send.
         *
         * @param record the frame as it came, or all frames of a message in packages
         */
        record Store(byte[] record, OutgoingMessage answer) implements Step {}

        /** A command was answered; 0 ok, 1 failed, 2 wrong, 3 not supported. */
        record Answered(OutgoingMessage command, int result, byte[] record) implements Step {}

        /** Send these frames of a command once more. */
        record Repeat(List<byte[]> frames) implements Step {}

        /**
         * Not taken; counted under the reason. The answer says why.
         *
         * @param reason short stable name
         */
        record Refuse(String reason, OutgoingMessage answer) implements Step {}

        /** Nothing to send. Counted under the reason where there is one. */
        record Nothing(String reason) implements Step {}
    }

    private static final Step QUIET = new Step.Nothing("");

    private final TerminalBook book;
    private final InstantSource clock;
    private final PendingCommands pending;
    private final PackageAssembler packages;

    private State state = State.CONNECTED;
    private String phone = "";
    private volatile Edition edition = Edition.JT2013;
    private int serial;

    public TerminalSession(
            TerminalBook book,
            InstantSource clock,
            PendingCommands.Policy policy,
            PackageAssembler.Bounds bounds) {
        this.book = book;
        this.clock = clock;
        this.pending = new PendingCommands(policy);
        this.packages = new PackageAssembler(bounds);
    }

    /** The session of a terminal whose platform vouches for it: as if it had authenticated. */
    public static TerminalSession vouchedFor(
            String phone,
            TerminalBook book,
            InstantSource clock,
            PendingCommands.Policy policy,
            PackageAssembler.Bounds bounds) {
        TerminalSession session = new TerminalSession(book, clock, policy, bounds);
        session.phone = phone;
        session.state = State.AUTHENTICATED;
        return session;
    }

    public State state() {
        return state;
    }

    /** Digits of the terminal's phone without leading zeros; empty until it has said one. */
    public String phone() {
        return phone;
    }

    /** Of the message that came last. Any thread. */
    public Edition edition() {
        return edition;
    }

    /**
     * Takes one right message.
     *
     * @param bytes holds the unescaped message with its BCC
     * @param frame the same as it came
     */
    public Step received(byte[] bytes, int message, byte[] frame, long nowNanos) {
        String sender = phone(bytes, message);
        if (state == State.AUTHENTICATED && !sender.equals(phone)) {
            return refuse("jt808_phone_changed", bytes, message, LinkMessage.FAILED);
        }
        phone = sender;
        edition = Frame.edition(bytes, message);
        if (Frame.encryption(bytes, message) != Frame.ENCRYPTION_NONE) {
            return refuse("jt808_encrypted", bytes, message, LinkMessage.UNSUPPORTED);
        }
        if (!Frame.isSubPackage(bytes, message)) {
            int body = Frame.bodyOffset(bytes, message);
            int bodyBytes = Frame.bodyBytes(bytes, message);
            return whole(bytes, message, bytes, body, bodyBytes, frame);
        }
        if (state == State.CONNECTED) {
            return refuse("jt808_not_authenticated", bytes, message, LinkMessage.FAILED);
        }
        PackageAssembler.Verdict verdict = packages.offer(bytes, message, nowNanos);
        return switch (verdict) {
            case WHOLE -> {
                byte[] body = packages.body();
                yield whole(bytes, message, body, 0, body.length, packages.record());
            }
            case KEPT, DUPLICATE -> new Step.Nothing(verdict.counterName());
            case NUMBER -> refuse(verdict.counterName(), bytes, message, LinkMessage.WRONG);
            case BOUND -> refuse(verdict.counterName(), bytes, message, LinkMessage.FAILED);
        };
    }

    /** Sends a command; empty when too many wait for their answers. */
    public Optional<OutgoingMessage> send(Message command, long nowNanos) {
        if (pending.isFull()) {
            return Optional.empty();
        }
        OutgoingMessage out = outgoing(command);
        pending.sent(out, nowNanos);
        return Optional.of(out);
    }

    /** Repeats and give-ups of commands that are due. */
    public List<PendingCommands.Due> dueCommands(long nowNanos) {
        return pending.due(nowNanos);
    }

    /**
     * Requests for missing packages that are due, as messages to send.
     *
     * @param givenUp hears of groups that stay incomplete, to be counted
     */
    public List<OutgoingMessage> duePackages(long nowNanos, List<PackageAssembler.Group> givenUp) {
        List<OutgoingMessage> requests = new ArrayList<>();
        for (PackageAssembler.Request request : packages.due(nowNanos, givenUp)) {
            requests.add(
                    outgoing(
                            new LinkMessage.PlatformPackageRequest(
                                    request.group().firstSerial(), request.missing())));
        }
        return requests;
    }

    private Step whole(
            byte[] head, int message, byte[] bytes, int body, int bodyBytes, byte[] record) {
        int id = Frame.id(head, message);
        Message read = Message.read(id, new BodyReader(edition, bytes, body, bodyBytes));
        if (read == null) {
            return refuse("jt808_body", head, message, LinkMessage.WRONG);
        }
        int answered = Frame.serial(head, message);
        return switch (read) {
            case LinkMessage link -> onLink(link, answered, record, head, message);
            case PositionMessage.PositionAnswer answer ->
                    answered(
                            PositionMessage.PositionQuery.ID,
                            answer.answeredSerial(),
                            LinkMessage.OK,
                            record);
            case CommandMessage.ParameterAnswer answer ->
                    onParameters(answer.answeredSerial(), record);
            case MediaMessage.MultimediaData data ->
                    store(
                            record,
                            new MediaMessage.MultimediaAnswer(data.event().mediaId(), null),
                            head,
                            message);
            case PositionMessage _ -> keep(record, head, message, answered);
            case MediaMessage _ -> keep(record, head, message, answered);
            case DataMessage _ -> keep(record, head, message, answered);
            case Message.Other _ -> keep(record, head, message, answered);
            case CommandMessage _ ->
                    refuse("jt808_direction", head, message, LinkMessage.UNSUPPORTED);
            case AttachmentMessage _ ->
                    refuse("jt808_direction", head, message, LinkMessage.UNSUPPORTED);
        };
    }

    private Step onLink(LinkMessage link, int answered, byte[] record, byte[] head, int message) {
        return switch (link) {
            case Registration registration -> {
                TerminalBook.Entry entry = book.register(phone, registration);
                yield answer(
                        new LinkMessage.RegistrationAnswer(
                                answered, entry.result(), entry.token()));
            }
            case LinkMessage.Authentication authentication -> {
                if (!book.authenticates(phone, authentication.token())) {
                    yield refuse("jt808_token", head, message, LinkMessage.FAILED);
                }
                state = State.AUTHENTICATED;
                yield generalAnswer(answered, LinkMessage.Authentication.ID);
            }
            case LinkMessage.Deregistration _ -> {
                if (state == State.CONNECTED) {
                    yield refuse("jt808_not_authenticated", head, message, LinkMessage.FAILED);
                }
                book.deregister(phone);
                state = State.CONNECTED;
                yield generalAnswer(answered, LinkMessage.Deregistration.ID);
            }
            case LinkMessage.Heartbeat _ -> generalAnswer(answered, LinkMessage.Heartbeat.ID);
            case LinkMessage.TimeRequest _ -> {
                Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
                yield answer(new LinkMessage.TimeAnswer(now.toString()));
            }
            case LinkMessage.TerminalAnswer answer ->
                    answered(answer.answeredId(), answer.answeredSerial(), answer.result(), record);
            case LinkMessage.TerminalPackageRequest request -> repeat(request);
            case LinkMessage.TerminalPublicKey _ -> keep(record, head, message, answered);
            case LinkMessage.PlatformAnswer _,
                    LinkMessage.TimeAnswer _,
                    LinkMessage.PlatformPackageRequest _,
                    LinkMessage.RegistrationAnswer _,
                    LinkMessage.PlatformPublicKey _ ->
                    refuse("jt808_direction", head, message, LinkMessage.UNSUPPORTED);
        };
    }

    /** Stored first, answered then, and only for a terminal that is authenticated. */
    private Step keep(byte[] record, byte[] head, int message, int answered) {
        int id = Frame.id(head, message);
        return store(
                record,
                new LinkMessage.PlatformAnswer(answered, id, LinkMessage.OK),
                head,
                message);
    }

    private Step store(byte[] record, Message answer, byte[] head, int message) {
        return state == State.CONNECTED
                ? refuse("jt808_not_authenticated", head, message, LinkMessage.FAILED)
                : new Step.Store(record, outgoing(answer));
    }

    /** 0104 answers the query of all parameters and that of some. */
    private Step onParameters(int answeredSerial, byte[] record) {
        Step step =
                answered(CommandMessage.ParameterQuery.ID, answeredSerial, LinkMessage.OK, record);
        return step instanceof Step.Answered
                ? step
                : answered(
                        CommandMessage.ParameterSelection.ID,
                        answeredSerial,
                        LinkMessage.OK,
                        record);
    }

    private Step answered(int id, int answeredSerial, int result, byte[] record) {
        Optional<OutgoingMessage> command = pending.answered(id, answeredSerial);
        return command.isPresent()
                ? new Step.Answered(command.get(), result, record)
                : new Step.Nothing("jt808_answer_to_nothing");
    }

    private Step repeat(LinkMessage.TerminalPackageRequest request) {
        Optional<OutgoingMessage> command = pending.find(request.firstSerial());
        if (command.isEmpty()) {
            return new Step.Nothing("jt808_request_of_nothing");
        }
        List<byte[]> frames = new ArrayList<>();
        for (int number : request.packageNumbers()) {
            if (number >= 1 && number <= command.get().frames().size()) {
                frames.add(command.get().frames().get(number - 1));
            }
        }
        return frames.isEmpty() ? QUIET : new Step.Repeat(frames);
    }

    private Step refuse(String reason, byte[] head, int message, int result) {
        Message answer =
                new LinkMessage.PlatformAnswer(
                        Frame.serial(head, message), Frame.id(head, message), result);
        return new Step.Refuse(
                reason,
                OutgoingMessage.of(
                        answer, Frame.edition(head, message), phone(head, message), takeSerial(1)));
    }

    private Step generalAnswer(int answered, int id) {
        return answer(new LinkMessage.PlatformAnswer(answered, id, LinkMessage.OK));
    }

    private Step answer(Message answer) {
        return new Step.Answer(outgoing(answer));
    }

    private OutgoingMessage outgoing(Message message) {
        OutgoingMessage out = OutgoingMessage.of(message, edition, phone, serial);
        takeSerial(out.frames().size());
        return out;
    }

    private int takeSerial(int count) {
        int first = serial;
        serial = serial + count & 0xFFFF;
        return first;
    }

    /**
     * Digits of the phone a message names, without leading zeros; one identity in both editions.
     */
    public static String phone(byte[] bytes, int message) {
        byte[] digits = new byte[20];
        int first = Frame.phoneDigits(bytes, message, digits);
        return new String(digits, first, digits.length - first, BodyReader.GBK);
    }
}
