package org.roadloop.collect.gateway;

import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.jt808.Frame;
import org.roadloop.collect.jt808.FrameCutter;
import org.roadloop.collect.jt808.LinkMessage;
import org.roadloop.collect.jt808.Registration;
import org.roadloop.collect.jt808.TerminalSession;

/**
 * JT/T 808 frames of a partner (部标报文接入): its platform vouches for the terminals, which must be
 * registered here; what belongs to their own link is refused. Packages of one message may lie
 * between other frames, until {@link #giveUpPackages}. One thread.
 */
public final class Jt808Intake extends FrameIntake {
    /** Terminals with messages that are not whole. */
    private static final int MOST_OPEN = 64;

    private final TerminalRegister register;
    private final InstantSource clock;
    private final Jt808Settings bounds;
    private final FrameCutter cutter = new FrameCutter();
    private final Map<String, TerminalSession> open = new HashMap<>();
    private byte[] piece = new byte[0];
    private int offset;
    private int keptFrames;

    public Jt808Intake(
            FrameLog log,
            TerminalRegister register,
            Jt808Settings bounds,
            Counters counters,
            InstantSource clock) {
        super(log, counters, clock);
        this.register = register;
        this.bounds = bounds;
        this.clock = clock;
    }

    @Override
    public void over(byte[] bytes) {
        piece = bytes;
        offset = 0;
        cutter.over(bytes, 0, bytes.length);
    }

    @Override
    public int offset() {
        return offset;
    }

    @Override
    public int giveUpPackages() {
        int given = keptFrames;
        keptFrames = 0;
        open.clear();
        return given;
    }

    @Override
    Step step(CommitListener listener) {
        FrameCutter.Verdict verdict = cutter.next();
        offset = cutter.start();
        return switch (verdict) {
            case FRAME -> {
                counters.increment("jt808_frames");
                yield onFrame(cutter.bytes(), cutter.message(), cutter.length(), listener);
            }
            case MORE -> {
                boolean isOver = offset == piece.length;
                piece = new byte[0];
                cutter.over(piece, 0, 0);
                yield isOver ? Step.END : refuse("jt808_cut_off");
            }
            case GARBAGE, ESCAPE, BCC, LENGTH, PHONE -> refuse(verdict.counterName());
        };
    }

    private Step onFrame(byte[] bytes, int message, int length, CommitListener listener) {
        String phone = TerminalSession.phone(bytes, message);
        Lineage lineage = register.find(phone);
        if (lineage == null) {
            return refuse("jt808_terminal_unknown");
        }
        int id = Frame.id(bytes, message);
        if (id == Registration.ID
                || id == LinkMessage.Authentication.ID
                || id == LinkMessage.Deregistration.ID) {
            return refuse("jt808_link_message");
        }
        boolean isPackage = Frame.isSubPackage(bytes, message);
        int frames = isPackage ? Frame.packages(bytes, message) : 1;
        TerminalSession session = open.get(phone);
        if (session == null) {
            session =
                    TerminalSession.vouchedFor(
                            phone, register, clock, bounds.commands(), bounds.packages());
            if (isPackage && open.size() >= MOST_OPEN) {
                return refuse("jt808_packages_bound");
            }
            if (isPackage) {
                open.put(phone, session);
            }
        }
        byte[] frame = Arrays.copyOfRange(piece, offset, offset + length);
        return switch (session.received(bytes, message, frame, System.nanoTime())) {
            case TerminalSession.Step.Store store -> {
                keptFrames -= frames - 1;
                byte[] identity = phone.getBytes(StandardCharsets.US_ASCII);
                yield offer(
                        Source.JT808_PLATFORM,
                        lineage,
                        IdentityHash.of(identity, 0, identity.length),
                        store.record(),
                        frames,
                        listener);
            }
            case TerminalSession.Step.Refuse refuse -> refuse(refuse.reason());
            case TerminalSession.Step.Nothing nothing when isPackage -> {
                counters.increment(nothing.reason());
                keptFrames++;
                yield Step.KEPT;
            }
            // Heartbeats, answers to commands: of the terminal's own link.
            case TerminalSession.Step.Nothing _,
                    TerminalSession.Step.Answer _,
                    TerminalSession.Step.Answered _,
                    TerminalSession.Step.Repeat _ ->
                    refuse("jt808_link_message");
        };
    }
}
