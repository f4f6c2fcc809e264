package org.roadloop.collect.gateway;

import org.jspecify.annotations.Nullable;
import org.roadloop.collect.Lineage;
import org.roadloop.collect.gb32960.Edition;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.ReportUnits;
import org.roadloop.collect.gb32960.ReportVerdict;

/**
 * Whether a GB/T 32960 report may be taken, by whatever door it came (上报校验): a registered vehicle,
 * a right structure, a signature where one is wanted. One thread.
 */
final class ReportCheck {
    private final VehicleRegister register;
    private final FrameSecurity security;
    private final ReportUnits units = new ReportUnits();
    private ReportVerdict verdict = ReportVerdict.OK;
    private FrameSecurity.@Nullable Finding finding;
    private @Nullable Lineage lineage;
    private int flag;

    ReportCheck(VehicleRegister register, FrameSecurity security) {
        this.register = register;
        this.security = security;
    }

    /**
     * Looks at an opened report.
     *
     * @return counter name of what forbids it, or null; {@link #flag} then is the answer to send
     */
    @Nullable String refusal(byte[] bytes, int frame) {
        lineage = register.find(bytes, Frame.idOffset(frame));
        if (lineage == null) {
            flag = Frame.FLAG_VIN_UNKNOWN;
            return "gb32960_vin_unknown";
        }
        verdict = units.walk(bytes, frame);
        if (!verdict.isUsable()) {
            flag = flag(bytes, frame, Frame.FLAG_STRUCTURE_WRONG);
            return verdict.counterName();
        }
        FrameSecurity.Finding found = security.check(bytes, frame, units);
        finding = found;
        if (found != null && !found.isAcceptable()) {
            flag = flag(bytes, frame, Frame.FLAG_SIGNATURE_WRONG);
            return found.counterName();
        }
        return null;
    }

    /** A flag of the 2025 edition, which to a sender of 2016 is an error like another. */
    static int flag(byte[] bytes, int frame, int flag2025) {
        return Edition.of(bytes, frame) == Edition.V2025 ? flag2025 : Frame.FLAG_ERROR;
    }

    int flag() {
        return flag;
    }

    /** Of the report that was found right. */
    Lineage lineage() {
        if (lineage == null) {
            throw new IllegalStateException("no report was found right");
        }
        return lineage;
    }

    ReportVerdict verdict() {
        return verdict;
    }

    FrameSecurity.@Nullable Finding finding() {
        return finding;
    }
}
