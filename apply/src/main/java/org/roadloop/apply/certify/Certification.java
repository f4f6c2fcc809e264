package org.roadloop.apply.certify;

import java.util.ArrayList;
import java.util.List;

/**
 * Drives a controller through a matrix of cut-ins and judges every case beside the careful and
 * competent human driver (认证运行). Deterministic: same controller and matrix, same certificate.
 *
 * <p>The controller's case ends at the first overlap, at the other's passing out of reach or after
 * 35 s; its minTTC is physical: gap over closing speed while the bodies overlap sideways and the
 * other is ahead.
 */
public final class Certification {
    public static final ReferenceDriver REFERENCE = ReferenceDriver.CC_HUMAN_DRIVER;

    private Certification() {}

    public static Certificate run(Controller controller, CutInMatrix matrix) {
        List<Certificate.Case> cases = new ArrayList<>();
        for (CutInMatrix.Cell cell : matrix.cells()) {
            CutIn cutIn = cell.cutIn();
            CutIn.Outcome reference = cutIn.drive(REFERENCE);
            cases.add(judge(cell, cutIn, reference, controller.start(cutIn.egoSpeedMps())));
        }
        return Certificate.of(controller.name(), REFERENCE, matrix, cases);
    }

    private static Certificate.Case judge(
            CutInMatrix.Cell cell,
            CutIn cutIn,
            CutIn.Outcome reference,
            Controller.Run controller) {
        OtherVehicle o = cutIn.other();
        double length = ReferenceRun.LENGTH;
        double x = cutIn.steady(cutIn.egoSpeedMps(), 0)[0];
        double v = cutIn.egoSpeedMps();
        double minTtc = Double.POSITIVE_INFINITY;
        double hardest = 0;
        boolean crashed = false;
        double impact = 0;
        for (int k = 0; k < cutIn.samples(); k++) {
            double along = o.x()[k] - x - length;
            double aside = Math.abs(o.y()[k]) - ReferenceRun.WIDTH;
            double closing = v - o.speedMps()[k];
            if (aside < 0 && Math.abs(o.x()[k] - x) < length) {
                crashed = true;
                impact = Math.max(closing, 0);
                minTtc = 0;
                break;
            }
            if (aside < 0 && along >= 0 && closing > 0) {
                minTtc = Math.min(minTtc, along / closing);
            }
            double a = controller.accelerate(v, along, o.speedMps()[k], aside, -o.lateralMps()[k]);
            double next = Math.max(0, v + a / 10);
            hardest = Math.min(hardest, (next - v) * 10);
            v = next;
            x += v / 10;
        }
        return new Certificate.Case(
                cell,
                Verdict.of(reference.crashed(), crashed),
                crashed,
                impact,
                minTtc,
                hardest,
                reference.crashed(),
                Math.max(reference.impactMps(), 0));
    }
}
