package org.roadloop.collect.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.FrameCutter;
import org.roadloop.collect.gb32960.Heartbeat;
import org.roadloop.collect.gb32960.PlatformLogin;
import org.roadloop.collect.gb32960.PlatformLogout;
import org.roadloop.collect.gb32960.RealTimeReport;
import org.roadloop.collect.gb32960.ReissuedReport;
import org.roadloop.collect.gb32960.ReportUnits;
import org.roadloop.collect.gb32960.ReportVerdict;
import org.roadloop.collect.gb32960.TimeRequest;
import org.roadloop.collect.gb32960.VehicleLogin;
import org.roadloop.collect.gb32960.VehicleLogout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One GB/T 32960 connection (连接): cuts frames, checks who speaks, offers frames to the log, and
 * answers after the fsync. Its event loop is the one thread, but {@link #durable} and {@link
 * #committed}, which the log's committing thread calls.
 */
final class TcpConnection extends ChannelInboundHandlerAdapter implements CommitListener {
    private static final Logger LOG = LoggerFactory.getLogger(TcpConnection.class);
    private static final int READ_BYTES = 64 * 1024;
    private static final int GOOD_FRAMES_FORGIVE = 1000;
    private static final int LARGEST_ANSWER_BYTES = Frame.SMALLEST_BYTES + Frame.TIME_BYTES;
    private static final byte[] NOTHING = new byte[0];

    /** Work space shared by all connections of one event loop. */
    private static final FastThreadLocal<byte[]> SCRATCH =
            new FastThreadLocal<>() {
                @Override
                protected byte[] initialValue() {
                    return new byte[READ_BYTES + Frame.LARGEST_BYTES];
                }
            };

    private final TcpGateway gateway;
    private final SocketChannel channel;
    private final Profile profile;
    private final FrameCutter cutter;
    private final ReportUnits units = new ReportUnits();

    /** Since when nobody is logged in here. */
    private volatile long sessionlessSinceNanos = System.nanoTime();

    /** Received, not yet cut: an incomplete frame, or what waits while paused. */
    private byte[] carry = NOTHING;

    private volatile long lastReadNanos = sessionlessSinceNanos;
    private volatile long partialSinceNanos;
    private volatile boolean loggedIn;
    private @Nullable String vin;
    private boolean paused;
    private boolean closing;
    private int malformed;
    private int goodFrames;

    // Guarded by this.
    private byte[] answers = NOTHING;
    private int answerBytes;
    private boolean flushScheduled;

    TcpConnection(TcpGateway gateway, SocketChannel channel, Profile profile) {
        this.gateway = gateway;
        this.channel = channel;
        this.profile = profile;
        this.cutter = new FrameCutter(gateway.settings.largestFrameBytes());
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        gateway.opened(this);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        endSession();
        carry = NOTHING;
        gateway.closed(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf received = (ByteBuf) message;
        try {
            lastReadNanos = System.nanoTime();
            gateway.counts.bytes.add(received.readableBytes());
            while (received.isReadable() && !closing) {
                int n = Math.min(received.readableBytes(), READ_BYTES);
                if (paused) {
                    n = received.readableBytes();
                    int kept = carry.length;
                    carry = Arrays.copyOf(carry, kept + n);
                    received.readBytes(carry, kept, n);
                } else {
                    byte[] bytes = SCRATCH.get();
                    int kept = carry.length;
                    System.arraycopy(carry, 0, bytes, 0, kept);
                    received.readBytes(bytes, kept, n);
                    cut(bytes, kept + n);
                }
            }
        } finally {
            received.release();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        channel.config().setAutoRead(channel.isWritable() && !paused);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            gateway.counters.increment("gateway_connection_reset");
        } else {
            gateway.counters.increment("gateway_internal_error");
            LOG.warn("a connection was closed by an error of the gateway", cause);
        }
        context.close();
    }

    @Override
    public void durable(byte[] bytes, int offset, int length) {
        synchronized (this) {
            if (answers.length - answerBytes < LARGEST_ANSWER_BYTES) {
                answers = Arrays.copyOf(answers, Math.max(64, 2 * answers.length));
            }
            answerBytes += Frame.answer(bytes, offset, Frame.FLAG_SUCCESS, answers, answerBytes);
        }
        gateway.counts.acknowledged.increment();
    }

    @Override
    public void committed() {
        synchronized (this) {
            if (flushScheduled || answerBytes == 0) {
                return;
            }
            flushScheduled = true;
        }
        channel.eventLoop().execute(this::writeAnswers);
    }

    void close() {
        channel.close();
    }

    void resumeSoon() {
        channel.eventLoop().execute(this::resume);
    }

    void checkTimes(long nowNanos) {
        long partialSince = partialSinceNanos;
        if (!loggedIn
                && nowNanos - sessionlessSinceNanos > gateway.settings.loginTimeout().toNanos()) {
            gateway.counters.increment("gateway_login_timeout");
            close();
        } else if (nowNanos - lastReadNanos > gateway.settings.idleTimeout().toNanos()) {
            gateway.counters.increment("gateway_idle_timeout");
            close();
        } else if (partialSince != 0
                && nowNanos - partialSince > gateway.settings.frameTimeout().toNanos()) {
            channel.eventLoop().execute(this::giveUpPartial);
        }
    }

    private void writeAnswers() {
        ByteBuf out;
        synchronized (this) {
            flushScheduled = false;
            out = channel.alloc().buffer(answerBytes);
            out.writeBytes(answers, 0, answerBytes);
            answerBytes = 0;
            if (answers.length > 4096) {
                answers = NOTHING;
            }
        }
        channel.writeAndFlush(out, channel.voidPromise());
    }

    private void resume() {
        if (!paused || closing) {
            return;
        }
        paused = false;
        byte[] waiting = carry;
        carry = NOTHING;
        cut(waiting, waiting.length);
        if (!paused) {
            channel.config().setAutoRead(channel.isWritable());
        }
    }

    private void giveUpPartial() {
        if (paused || closing || carry.length == 0) {
            return;
        }
        byte[] waiting = carry;
        partialSinceNanos = 0;
        report("gb32960_partial_timeout", waiting, 0, waiting.length);
        if (!closing) {
            carry = NOTHING;
            byte[] rest = Arrays.copyOfRange(waiting, 1, waiting.length);
            cut(rest, rest.length);
        }
    }

    /** Cuts {@code bytes[0 .. length)} into frames; what is left becomes the carry. */
    private void cut(byte[] bytes, int length) {
        boolean progressed = false;
        cutter.over(bytes, 0, length);
        while (!closing) {
            FrameCutter.Verdict verdict = cutter.next();
            switch (verdict) {
                case FRAME -> {
                    if (!onFrame(bytes, cutter.start(), cutter.length())) {
                        keep(bytes, cutter.start(), length);
                        partialSinceNanos = 0;
                        paused = true;
                        channel.config().setAutoRead(false);
                        gateway.pause(this);
                        return;
                    }
                    gateway.counts.count(verdict);
                    progressed = true;
                    if (++goodFrames % GOOD_FRAMES_FORGIVE == 0) {
                        malformed = 0;
                    }
                }
                case MORE -> {
                    keep(bytes, cutter.start(), length);
                    if (carry.length == 0) {
                        partialSinceNanos = 0;
                    } else if (progressed || partialSinceNanos == 0) {
                        partialSinceNanos = System.nanoTime();
                    }
                    return;
                }
                case BCC -> {
                    report(verdict.counterName(), bytes, cutter.start(), cutter.length());
                    answerError(bytes, cutter.start(), Frame.FLAG_ERROR);
                }
                case GARBAGE, HEADER, LENGTH ->
                        report(verdict.counterName(), bytes, cutter.start(), cutter.length());
            }
        }
        carry = NOTHING;
    }

    private void keep(byte[] bytes, int from, int to) {
        carry = from == to ? NOTHING : Arrays.copyOfRange(bytes, from, to);
    }

    /** Handles one right frame; false when the log is full and it must come again. */
    private boolean onFrame(byte[] bytes, int frame, int length) {
        if (Frame.flag(bytes, frame) != Frame.FLAG_COMMAND) {
            gateway.counters.increment("gb32960_answer_ignored");
            return true;
        }
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
            default -> refuse("gb32960_unknown_command", bytes, frame, Frame.FLAG_ERROR);
        }
        return true;
    }

    private boolean onVehicleLogin(byte[] bytes, int frame, int length) {
        if (profile == Profile.PLATFORM && !loggedIn) {
            return refuse("gb32960_not_logged_in", bytes, frame, Frame.FLAG_ERROR);
        }
        if (!VehicleLogin.hasRightLength(bytes, frame)) {
            return refuse("gb32960_login_length", bytes, frame, Frame.FLAG_ERROR);
        }
        Lineage lineage = gateway.register.find(bytes, Frame.idOffset(frame));
        if (lineage == null) {
            return refuse("gb32960_vin_unknown", bytes, frame, Frame.FLAG_VIN_UNKNOWN);
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
            loggedIn = true;
            gateway.claim(id, this);
        }
        gateway.counters.increment("gb32960_vehicle_logins");
        return true;
    }

    private boolean onReport(byte[] bytes, int frame, int length) {
        if (!loggedIn) {
            return refuse("gb32960_not_logged_in", bytes, frame, Frame.FLAG_ERROR);
        }
        if (profile == Profile.TERMINAL && !isOwnVin(bytes, frame)) {
            return refuse("gb32960_vin_mismatch", bytes, frame, Frame.FLAG_ERROR);
        }
        Lineage lineage = gateway.register.find(bytes, Frame.idOffset(frame));
        if (lineage == null) {
            return refuse("gb32960_vin_unknown", bytes, frame, Frame.FLAG_VIN_UNKNOWN);
        }
        ReportVerdict verdict = units.walk(bytes, frame);
        if (!verdict.isUsable()) {
            return refuse(verdict.counterName(), bytes, frame, Frame.FLAG_ERROR);
        }
        // Annex B: a terminal's right report gets no answer.
        if (!offer(lineage, bytes, frame, length, profile == Profile.PLATFORM ? this : null)) {
            return false;
        }
        gateway.counts.count(verdict);
        if (verdict == ReportVerdict.UNKNOWN_UNIT) {
            gateway.sample(verdict.counterName(), describe(bytes, frame, length));
        }
        return true;
    }

    private boolean onVehicleLogout(byte[] bytes, int frame, int length) {
        if (!loggedIn || (profile == Profile.TERMINAL && !isOwnVin(bytes, frame))) {
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
            // Before loggedIn turns: the answer comes after the fsync, and another login may
            // follow.
            sessionlessSinceNanos = System.nanoTime();
            endSession();
        }
        gateway.counters.increment("gb32960_vehicle_logouts");
        return true;
    }

    private boolean onPlatformLogin(byte[] bytes, int frame, int length) {
        if (profile != Profile.PLATFORM) {
            return refuse("gb32960_wrong_profile", bytes, frame, Frame.FLAG_ERROR);
        }
        int data = Frame.dataOffset(frame);
        if (Frame.dataBytes(bytes, frame) != PlatformLogin.DATA_BYTES
                || !gateway.register.isRightPassword(
                        PlatformLogin.user(bytes, data), PlatformLogin.password(bytes, data))) {
            refuse("gb32960_platform_refused", bytes, frame, Frame.FLAG_ERROR);
            closeAfterAnswer();
            return true;
        }
        byte[] kept = Arrays.copyOfRange(bytes, frame, frame + length);
        PlatformLogin.blankPassword(kept, 0);
        if (!offer(Lineage.VEHICLE, kept, 0, length, this)) {
            return false;
        }
        loggedIn = true;
        gateway.counters.increment("gb32960_platform_logins");
        return true;
    }

    private boolean onPlatformLogout(byte[] bytes, int frame, int length) {
        if (profile != Profile.PLATFORM || !loggedIn) {
            return refuse("gb32960_not_logged_in", bytes, frame, Frame.FLAG_ERROR);
        }
        if (!offer(Lineage.VEHICLE, bytes, frame, length, this)) {
            return false;
        }
        sessionlessSinceNanos = System.nanoTime();
        loggedIn = false;
        return true;
    }

    private boolean offer(
            Lineage lineage,
            byte[] bytes,
            int frame,
            int length,
            @Nullable CommitListener listener) {
        boolean taken =
                gateway.log.offer(
                        profile == Profile.PLATFORM
                                ? Source.GB32960_PLATFORM
                                : Source.GB32960_TERMINAL,
                        lineage,
                        IdentityHash.of(bytes, Frame.idOffset(frame), Frame.ID_BYTES),
                        gateway.clock.millis() * 1000,
                        bytes,
                        frame,
                        length,
                        listener);
        if (taken) {
            gateway.counts.taken.increment();
        }
        return taken;
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
            loggedIn = false;
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
        gateway.sample(counterName, describe(bytes, at, length));
        if (++malformed >= gateway.settings.malformedLimit() && !closing) {
            gateway.counters.increment("gateway_cut_malformed");
            closeAfterAnswer();
        }
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

    private void write(byte[] out, int length) {
        channel.writeAndFlush(
                channel.alloc().buffer(length).writeBytes(out, 0, length), channel.voidPromise());
    }

    private void closeAfterAnswer() {
        closing = true;
        channel.config().setAutoRead(false);
        var _ =
                channel.writeAndFlush(channel.alloc().buffer(0))
                        .addListener(ChannelFutureListener.CLOSE);
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
