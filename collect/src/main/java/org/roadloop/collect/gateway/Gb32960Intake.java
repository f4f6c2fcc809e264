package org.roadloop.collect.gateway;

import java.time.InstantSource;
import java.util.Arrays;
import org.roadloop.collect.Counters;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.FrameCutter;
import org.roadloop.collect.gb32960.RealTimeReport;
import org.roadloop.collect.gb32960.ReissuedReport;
import org.roadloop.collect.gb32960.ReportVerdict;
import org.roadloop.collect.gb32960.VehicleLogin;
import org.roadloop.collect.gb32960.VehicleLogout;

/**
 * GB/T 32960 frames of a partner (国标报文接入), as a platform's link brings them: reports, logins and
 * logouts of vehicles. One thread.
 */
public final class Gb32960Intake extends FrameIntake {
    private final VehicleRegister register;
    private final FrameSecurity security;
    private final ReportCheck check;
    private final FrameCutter cutter = new FrameCutter(Frame.LARGEST_BYTES);
    private byte[] piece = new byte[0];
    private int offset;

    public Gb32960Intake(
            FrameLog log,
            VehicleRegister register,
            FrameSecurity security,
            Counters counters,
            InstantSource clock) {
        super(log, counters, clock);
        this.register = register;
        this.security = security;
        this.check = new ReportCheck(register, security);
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
    Step step(CommitListener listener) {
        FrameCutter.Verdict verdict = cutter.next();
        offset = cutter.start();
        return switch (verdict) {
            case FRAME -> {
                Step step = onFrame(cutter.length(), listener);
                if (step != Step.REFUSED) {
                    counters.increment(verdict.counterName());
                }
                yield step;
            }
            case MORE -> {
                boolean isOver = offset == piece.length;
                piece = new byte[0];
                cutter.over(piece, 0, 0);
                yield isOver ? Step.END : refuse("gb32960_cut_off");
            }
            case BCC, GARBAGE, HEADER, LENGTH -> refuse(verdict.counterName());
        };
    }

    private Step onFrame(int length, CommitListener listener) {
        byte[] frame = Arrays.copyOfRange(piece, offset, offset + length);
        if (Frame.flag(frame, 0) != Frame.FLAG_COMMAND) {
            return refuse("gb32960_answer_ignored");
        }
        boolean isSealed =
                Frame.encryption(frame, 0) != Frame.ENCRYPTION_NONE
                        && Frame.dataBytes(frame, 0) > 0;
        byte[] opened = isSealed ? security.open(frame, 0, new Counters()) : frame;
        if (opened == null) {
            return refuse(ReportVerdict.ENCRYPTED.counterName());
        }
        Lineage lineage = register.find(frame, Frame.idOffset(0));
        if (lineage == null) {
            return refuse("gb32960_vin_unknown");
        }
        String fault =
                switch (Frame.command(frame, 0)) {
                    case RealTimeReport.COMMAND, ReissuedReport.COMMAND -> check.refusal(opened, 0);
                    case VehicleLogin.COMMAND ->
                            VehicleLogin.hasRightLength(opened, 0) ? null : "gb32960_login_length";
                    case VehicleLogout.COMMAND ->
                            Frame.dataBytes(opened, 0) == VehicleLogout.DATA_BYTES
                                    ? null
                                    : "gb32960_logout_wrong";
                    default -> "gb32960_unknown_command";
                };
        if (fault != null) {
            return refuse(fault);
        }
        return offer(
                Source.GB32960_PLATFORM,
                lineage,
                IdentityHash.of(frame, Frame.idOffset(0), Frame.ID_BYTES),
                frame,
                1,
                listener);
    }
}
