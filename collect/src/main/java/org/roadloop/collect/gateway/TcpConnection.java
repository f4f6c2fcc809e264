package org.roadloop.collect.gateway;

import io.netty.channel.socket.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gb32960.Activation;
import org.roadloop.collect.gb32960.ActivationAnswer;
import org.roadloop.collect.gb32960.Edition;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.FrameCutter;
import org.roadloop.collect.gb32960.Heartbeat;
import org.roadloop.collect.gb32960.KeyExchange;
import org.roadloop.collect.gb32960.PlatformLogin;
import org.roadloop.collect.gb32960.PlatformLogout;
import org.roadloop.collect.gb32960.RealTimeReport;
import org.roadloop.collect.gb32960.ReissuedReport;
import org.roadloop.collect.gb32960.ReportVerdict;
import org.roadloop.collect.gb32960.TimeRequest;
import org.roadloop.collect.gb32960.VehicleLogin;
import org.roadloop.collect.gb32960.VehicleLogout;

/**
 * One GB/T 32960 connection (连接): cuts frames, checks who speaks, offers frames to the log, and
 * answers after the fsync. Its event loop is the one thread, but {@link #durable} and {@link
 * #committed}, which the log's committing thread calls.
 */
final class TcpConnection extends FramedConnection implements CommitListener {
    private static final int LARGEST_ANSWER_BYTES = Frame.SMALLEST_BYTES + Frame.TIME_BYTES;
    private static final int ACTIVATED = 1;

    /** Of the report that is handled: one for all connections of an event loop. */
    private static final int ACTIVATION_FAILED = 2;

    private final Profile profile;
    private final FrameCutter cutter;
    private final OpenOrder order;
    private @Nullable String vin;

    /** What the terminal spoke when it logged in. */
    private volatile Edition edition = Edition.V2016;

    /** The frame as it came, while its opened copy is handled. */
    private byte @Nullable [] sealed;

    TcpConnection(
            TcpGateway gateway, SocketChannel channel, Profile profile, TerminalOrder.Rule rule) {
        super(gateway, channel);
        this.order = new OpenOrder(rule);
        this.profile = profile;
        this.cutter = new FrameCutter(gateway.settings.largestFrameBytes());
    }

    @Override
    public int edition() {
        return edition.year();
    }

    @Override
    void ended() {
        endSession();
        order.end(CommandResult.without(CommandResult.Outcome.LINK_LOST));
    }

    @Override
    public void durable(byte[] bytes, int offset, int length) {
        answers.add(
                LARGEST_ANSWER_BYTES,
                (out, at) -> Frame.answer(bytes, offset, Frame.FLAG_SUCCESS, out, at));
        gateway.counts.acknowledged.increment();
    }

    @Override
    public void committed() {
        answers.flushSoon();
    }

    @Override
    int giveUpPartial(byte[] waiting) {
        report("gb32960_partial_timeout", waiting, 0, waiting.length);
        return 1;
    }

    @Override
    void over(byte[] bytes, int length) {
        cutter.over(bytes, 0, length);
    }

    @Override
    int start() {
        return cutter.start();
    }

    @Override
    Step step(byte[] bytes) {
        FrameCutter.Verdict verdict = cutter.next();
        return switch (verdict) {
            case FRAME -> {
                boolean reissued = isReissued(bytes, cutter.start());
                if (reissued && !mayReissue(cutter.length())) {
                    yield Step.LATER;
                }
                if (!onFrame(bytes, cutter.start(), cutter.length())) {
                    yield reissued ? Step.LATER : Step.FULL;
                }
                gateway.counts.count(verdict);
                if (reissued) {
                    gateway.reissues.taken();
                }
                yield Step.TAKEN;
            }
            case MORE -> Step.MORE;
            case BCC -> {
                report(verdict.counterName(), bytes, cutter.start(), cutter.length());
                answerError(bytes, cutter.start(), Frame.FLAG_ERROR);
                yield Step.FAULT;
            }
            case GARBAGE, HEADER, LENGTH -> {
                report(verdict.counterName(), bytes, cutter.start(), cutter.length());
                yield Step.FAULT;
            }
        };
    }

    /** Who is not logged in is refused, not held. */
    private boolean isReissued(byte[] bytes, int frame) {
        return Frame.command(bytes, frame) == ReissuedReport.COMMAND
                && Frame.flag(bytes, frame) == Frame.FLAG_COMMAND
                && isLoggedIn();
    }

    /** Handles one right frame; false when the log is full and it must come again. */
    private boolean onFrame(byte[] bytes, int frame, int length) {
        if (Frame.flag(bytes, frame) != Frame.FLAG_COMMAND) {
            onAnswer(bytes, frame, length);
            return true;
        }
        int encryption = Frame.encryption(bytes, frame);
        return encryption == Frame.ENCRYPTION_NONE || Frame.dataBytes(bytes, frame) == 0
                ? onCommand(bytes, frame, length)
                : onSealed(bytes, frame, length);
    }

    @Override
    void tick(long nowNanos) {
        if (order.isOpen()) {
            channel.eventLoop().execute(this::orderDue);
        }
    }

    /** Sends an order to the terminal that is logged in here. Any thread. */
    CompletableFuture<CommandResult> send(TerminalOrder what) {
        CompletableFuture<CommandResult> result = new CompletableFuture<>();
        channel.eventLoop().execute(() -> send(what, result));
        return result;
    }

    private void send(TerminalOrder what, CompletableFuture<CommandResult> result) {
        String to = vin;
        if (to == null || !channel.isActive()) {
            result.complete(CommandResult.without(CommandResult.Outcome.LINK_LOST));
        } else if (order.isOpen()) {
            result.complete(CommandResult.without(CommandResult.Outcome.BUSY));
        } else {
            byte[] id = to.getBytes(StandardCharsets.US_ASCII);
            byte[] frame = what.frame(edition, id, gateway.clock.millis() * 1000);
            order.sent(frame, result, System.nanoTime());
            gateway.counters.increment("gb32960_orders_sent");
            write(frame, frame.length);
        }
    }

    private void orderDue() {
        byte[] again = order.due(System.nanoTime());
        if (again != null) {
            gateway.counters.increment("gb32960_orders_repeated");
            write(again, again.length);
        }
    }

    /** An answer with values is kept with the frames; it makes no row. */
    private void onAnswer(byte[] bytes, int frame, int length) {
        Lineage lineage = gateway.register.find(bytes, Frame.idOffset(frame));
        if (lineage == null
                || !isOwnVin(bytes, frame)
                || !order.waitsFor(Frame.command(bytes, frame))) {
            gateway.counters.increment("gb32960_answer_ignored");
            return;
        }
        gateway.counters.increment("gb32960_orders_answered");
        if (!offer(lineage, bytes, frame, length, null)) {
            gateway.counters.increment("gb32960_answer_not_kept");
        }
        order.answered(Frame.flag(bytes, frame));
    }

    /** What is checked and answered is the opened copy, what is kept is the frame as it came. */
    private boolean onSealed(byte[] bytes, int frame, int length) {
        byte[] opened = gateway.security.open(bytes, frame, gateway.counters);
        if (opened == null) {
            noteFault(ReportVerdict.ENCRYPTED.counterName(), describe(bytes, frame, length));
            // Of a data unit that stays closed no time can be told.
            byte[] head = Arrays.copyOfRange(bytes, frame, frame + Frame.SMALLEST_BYTES);
            Frame.finish(head, 0, 0);
            answer(head, 0, ReportCheck.flag(head, 0, Frame.FLAG_DECRYPTION_FAILED));
            return true;
        }
        sealed = Arrays.copyOfRange(bytes, frame, frame + length);
        try {
            return onCommand(opened, 0, opened.length);
        } finally {
            sealed = null;
        }
    }

    private boolean onCommand(byte[] bytes, int frame, int length) {
        int command = Frame.command(bytes, frame);
        switch (command) {
            case Heartbeat.COMMAND -> answer(bytes, frame, Frame.FLAG_SUCCESS);
            case TimeRequest.COMMAND -> answerTime(bytes, frame);
            case VehicleLogin.COMMAND -> {
                return onVehicleLogin(bytes, frame, length);
            }
            case RealTimeReport.COMMAND, ReissuedReport.COMMAND -> {
                return onReport(bytes, frame, length);
            }
            case VehicleLogout.COMMAND -> {
                return onVehicleLogout(bytes, frame, length);
            }
            case PlatformLogin.COMMAND -> {
                return onPlatformLogin(bytes, frame, length);
            }
            case PlatformLogout.COMMAND -> {
                return onPlatformLogout(bytes, frame, length);
            }
            case Activation.COMMAND -> {
                return onActivation(bytes, frame, length);
            }
            // A key in the clear protects nothing: keys are agreed out of band.
            case KeyExchange.COMMAND ->
                    refuse("gb32960_key_exchange_refused", bytes, frame, Frame.FLAG_ERROR);
            default -> refuse("gb32960_unknown_command", bytes, frame, Frame.FLAG_ERROR);
        }
        return true;
    }

    private boolean onVehicleLogin(byte[] bytes, int frame, int length) {
        if (profile == Profile.PLATFORM && !isLoggedIn()) {
            return refuse("gb32960_not_logged_in", bytes, frame, Frame.FLAG_ERROR);
        }
        if (!VehicleLogin.hasRightLength(bytes, frame)) {
            return refuse("gb32960_login_length", bytes, frame, Frame.FLAG_ERROR);
        }
        Lineage lineage = gateway.register.find(bytes, Frame.idOffset(frame));
        if (lineage == null) {
            return refuse("gb32960_vin_unknown", bytes, frame, Frame.FLAG_VIN_UNKNOWN);
        }
        if (profile == Profile.TERMINAL && !isCertified(Frame.id(bytes, frame))) {
            return refuse("gb32960_vin_not_certified", bytes, frame, Frame.FLAG_ERROR);
        }
        if (!offer(lineage, bytes, frame, length, this)) {
            return false;
        }
        if (profile == Profile.TERMINAL) {
            String id = Frame.id(bytes, frame);
            if (!id.equals(vin)) {
                endSession();
                vin = id;
            }
            edition = Edition.of(bytes, frame);
            loggedIn(true);
            gateway.claim(id, this);
        }
        gateway.counters.increment("gb32960_vehicle_logins");
        return true;
    }

    private boolean onReport(byte[] bytes, int frame, int length) {
        if (!isLoggedIn()) {
            return refuse("gb32960_not_logged_in", bytes, frame, Frame.FLAG_ERROR);
        }
        if (profile == Profile.TERMINAL && !isOwnVin(bytes, frame)) {
            return refuse("gb32960_vin_mismatch", bytes, frame, Frame.FLAG_ERROR);
        }
        ReportCheck check = gateway.checks.get();
        String refusal = check.refusal(bytes, frame);
        if (refusal != null) {
            return refuse(refusal, bytes, frame, check.flag());
        }
        // Annex B: a terminal's right report gets no answer.
        if (!offer(
                check.lineage(), bytes, frame, length, profile == Profile.PLATFORM ? this : null)) {
            return false;
        }
        ReportVerdict verdict = check.verdict();
        gateway.counts.count(verdict);
        FrameSecurity.Finding finding = check.finding();
        if (finding != null) {
            gateway.counters.increment(finding.counterName());
        }
        if (verdict == ReportVerdict.UNKNOWN_UNIT) {
            gateway.sample(verdict.counterName(), describe(bytes, frame, length));
        }
        return true;
    }

    private boolean onVehicleLogout(byte[] bytes, int frame, int length) {
        if (!isLoggedIn() || (profile == Profile.TERMINAL && !isOwnVin(bytes, frame))) {
            return refuse("gb32960_not_logged_in", bytes, frame, Frame.FLAG_ERROR);
        }
        Lineage lineage = gateway.register.find(bytes, Frame.idOffset(frame));
        if (lineage == null || Frame.dataBytes(bytes, frame) != VehicleLogout.DATA_BYTES) {
            return refuse("gb32960_logout_wrong", bytes, frame, Frame.FLAG_ERROR);
        }
        if (!offer(lineage, bytes, frame, length, this)) {
            return false;
        }
        if (profile == Profile.TERMINAL) {
            endSession();
        }
        gateway.counters.increment("gb32960_vehicle_logouts");
        return true;
    }

    /** The chip's key must be the one that was registered: static data comes before data flow. */
    private boolean onActivation(byte[] bytes, int frame, int length) {
        int data = Frame.dataOffset(frame);
        if (profile != Profile.TERMINAL
                || !Activation.hasRightLength(bytes, data, Frame.dataBytes(bytes, frame))) {
            return refuse(
                    "gb32960_activation_wrong",
                    bytes,
                    frame,
                    ReportCheck.flag(bytes, frame, Frame.FLAG_STRUCTURE_WRONG));
        }
        int id = Frame.idOffset(frame);
        int named = Activation.vin(bytes, data);
        Lineage lineage = gateway.register.find(bytes, id);
        if (lineage == null
                || !Arrays.equals(
                        bytes, id, id + Frame.ID_BYTES, bytes, named, named + Frame.ID_BYTES)) {
            return refuse("gb32960_vin_unknown", bytes, frame, Frame.FLAG_VIN_UNKNOWN);
        }
        FrameSecurity.Finding finding = gateway.security.checkActivation(bytes, frame);
        int status = finding.isAcceptable() ? ACTIVATED : ACTIVATION_FAILED;
        byte[] vin = Arrays.copyOfRange(bytes, id, id + Frame.ID_BYTES);
        byte[] out = new byte[LARGEST_ANSWER_BYTES];
        int written = ActivationAnswer.write(out, 0, vin, status, 0);
        if (!finding.isAcceptable()) {
            report(finding.counterName(), bytes, frame, length);
            write(out, written);
            return true;
        }
        if (!offer(lineage, bytes, frame, length, prepared(out, written))) {
            return false;
        }
        gateway.counters.increment("gb32960_activations");
        return true;
    }

    private boolean onPlatformLogin(byte[] bytes, int frame, int length) {
        if (profile != Profile.PLATFORM) {
            return refuse("gb32960_wrong_profile", bytes, frame, Frame.FLAG_ERROR);
        }
        int data = Frame.dataOffset(frame);
        if (Frame.dataBytes(bytes, frame) != PlatformLogin.DATA_BYTES
                || !isCertified(PlatformLogin.user(bytes, data))
                || !gateway.register.isRightPassword(
                        PlatformLogin.user(bytes, data), PlatformLogin.password(bytes, data))) {
            refuse("gb32960_platform_refused", bytes, frame, Frame.FLAG_ERROR);
            closeAfterAnswer();
            return true;
        }
        byte[] kept = Arrays.copyOfRange(bytes, frame, frame + length);
        PlatformLogin.blankPassword(kept, 0);
        // Also of a login that came encrypted, the copy without the password is kept.
        sealed = null;
        if (!offer(Lineage.VEHICLE, kept, 0, length, this)) {
            return false;
        }
        loggedIn(true);
        gateway.counters.increment("gb32960_platform_logins");
        return true;
    }

    private boolean onPlatformLogout(byte[] bytes, int frame, int length) {
        if (profile != Profile.PLATFORM || !isLoggedIn()) {
            return refuse("gb32960_not_logged_in", bytes, frame, Frame.FLAG_ERROR);
        }
        if (!offer(Lineage.VEHICLE, bytes, frame, length, this)) {
            return false;
        }
        loggedIn(false);
        return true;
    }

    private boolean offer(
            Lineage lineage,
            byte[] bytes,
            int frame,
            int length,
            @Nullable CommitListener listener) {
        byte[] asReceived = sealed;
        CommitListener told = listener;
        if (asReceived != null && listener == this) {
            byte[] out = new byte[LARGEST_ANSWER_BYTES];
            told = prepared(out, Frame.answer(bytes, frame, Frame.FLAG_SUCCESS, out, 0));
        }
        boolean taken =
                gateway.log.offer(
                        profile == Profile.PLATFORM
                                ? Source.GB32960_PLATFORM
                                : Source.GB32960_TERMINAL,
                        lineage,
                        IdentityHash.of(bytes, Frame.idOffset(frame), Frame.ID_BYTES),
                        gateway.clock.millis() * 1000,
                        asReceived == null ? bytes : asReceived,
                        asReceived == null ? frame : 0,
                        asReceived == null ? length : asReceived.length,
                        told);
        if (taken) {
            gateway.counts.taken.increment();
        }
        return taken;
    }

    private PreparedAnswer prepared(byte[] answer, int length) {
        return new PreparedAnswer(answers, gateway.counts.acknowledged, answer, length);
    }

    private boolean isOwnVin(byte[] bytes, int frame) {
        String own = vin;
        if (own == null) {
            return false;
        }
        int id = Frame.idOffset(frame);
        for (int i = 0; i < Frame.ID_BYTES; i++) {
            if (bytes[id + i] != own.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private void endSession() {
        if (vin != null) {
            gateway.release(vin, this);
            vin = null;
        }
        if (profile == Profile.TERMINAL) {
            loggedIn(false);
        }
    }

    /** Counts a frame that is right in form but not acceptable, and answers it; always true. */
    private boolean refuse(String counterName, byte[] bytes, int frame, int flag) {
        report(counterName, bytes, frame, Frame.frameBytes(bytes, frame));
        answerError(bytes, frame, flag);
        return true;
    }

    private void report(String counterName, byte[] bytes, int at, int length) {
        gateway.counters.increment(counterName);
        noteFault(counterName, describe(bytes, at, length));
    }

    private void answerError(byte[] bytes, int frame, int flag) {
        if (Frame.flag(bytes, frame) == Frame.FLAG_COMMAND) {
            answer(bytes, frame, flag);
        }
    }

    private void answer(byte[] bytes, int frame, int flag) {
        byte[] out = new byte[LARGEST_ANSWER_BYTES];
        write(out, Frame.answer(bytes, frame, flag, out, 0));
    }

    private void answerTime(byte[] bytes, int frame) {
        byte[] out = new byte[LARGEST_ANSWER_BYTES];
        write(out, TimeRequest.answer(bytes, frame, gateway.clock.millis() * 1000, out, 0));
    }

    /** Header and length of a fault; the unique id is blanked, nothing of the data unit is kept. */
    private static String describe(byte[] bytes, int at, int length) {
        boolean hasStart = length >= Frame.HEADER_BYTES && Frame.hasStart(bytes, at);
        if (!hasStart) {
            return length + " bytes without a header";
        }
        byte[] header = Arrays.copyOfRange(bytes, at, at + Frame.HEADER_BYTES);
        byte[] blank = "*".repeat(Frame.ID_BYTES).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(blank, 0, header, 4, Frame.ID_BYTES);
        return HexFormat.of().formatHex(header) + " (" + length + " bytes)";
    }
}
