package org.roadloop.apply.certify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificationTest {
    @Test
    void theEmergencyBrakeIsCertifiedCaseByCaseAndTheSameEveryTime() {
        Certificate first = Certification.run(AebController.DEFAULTS, CutInMatrix.SMALL);
        Certificate again = Certification.run(AebController.DEFAULTS, CutInMatrix.SMALL);
        assertThat(first.toJson().toString()).isEqualTo(again.toJson().toString());
        assertThat(first.cases()).hasSize(120);
        assertThat(first.counts().get(Verdict.PASS)).isGreaterThan(60);
        assertThat(first.counts().get(Verdict.BETTER)).isPositive();
        assertThat(first.counts().values().stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(120);
        // 30 − 40 km/h is no forward motion: one of the 9+9+15+9+15+15 pairs is missing.
        assertThat(first.pairCoverage()).isCloseTo(71 / 72.0, within(1e-12));
        assertThat(Certificate.parse(first.toJson().toString())).isEqualTo(first);
    }

    @Test
    void aBlindControllerFails() {
        Controller blind =
                new Controller() {
                    @Override
                    public String name() {
                        return "blind";
                    }

                    @Override
                    public Run start(double initialSpeedMps) {
                        return (speed, gap, otherSpeed, aside, lateral) -> 0;
                    }
                };
        Certificate certificate = Certification.run(blind, CutInMatrix.SMALL);
        // Every cut-in at a lower speed is hit by who never brakes, unless the ego is past first.
        assertThat(certificate.counts().get(Verdict.FAIL)).isGreaterThan(60);
        assertThat(certificate.failureUpperBound()).isGreaterThan(0.8);
        Certificate.Case hit =
                certificate.cases().stream()
                        .filter(c -> c.verdict() == Verdict.FAIL)
                        .findFirst()
                        .orElseThrow();
        assertThat(hit.impactMps()).isCloseTo(hit.cell().slowerKmh() / 3.6, within(1e-9));
    }

    @Test
    void aReferenceOutcomeInTheMatrixIsTheOneOfThePublishedTable() {
        // r157 tables, CC_human_driver_50_20: gap 15, 1.2 m/s is a crash of type 2 with minTTC 0.
        CutIn.Outcome o =
                new CutIn(50 / 3.6, 20 / 3.6, 15, 1.2).drive(ReferenceDriver.CC_HUMAN_DRIVER);
        assertThat(o.crashed()).isTrue();
        assertThat(o.crashType()).isEqualTo(2);
        assertThat(o.minTtcSeconds()).isZero();
        assertThat(
                        new CutIn(50 / 3.6, 20 / 3.6, 15, 1.2)
                                .drive(ReferenceDriver.RSS)
                                .minTtcSeconds())
                .isCloseTo(1.214760669653384, within(1e-12));
    }

    @Test
    void theBoundIsTheExactBinomialOne() {
        // Closed form without failures: 1 - 0.05^(1/n); 2,995 runs are the first below 0.1 %.
        assertThat(ClopperPearson.upper(0, 2_995, 0.95)).isLessThan(0.001);
        assertThat(ClopperPearson.upper(0, 2_994, 0.95)).isGreaterThan(0.001);
        assertThat(ClopperPearson.upper(0, 59, 0.95))
                .isCloseTo(1 - Math.pow(0.05, 1.0 / 59), within(1e-12));
        // One of ten, one-sided 95 %: p with (1-p)^10 + 10 p (1-p)^9 = 0.05.
        double p = ClopperPearson.upper(1, 10, 0.95);
        assertThat(Math.pow(1 - p, 10) + 10 * p * Math.pow(1 - p, 9)).isCloseTo(0.05, within(1e-9));
        assertThat(p).isCloseTo(0.394, within(5e-4));
        assertThat(ClopperPearson.upper(0, 0, 0.95)).isEqualTo(1);
    }

    @Test
    void aChangedCertificateIsNotRead() {
        Certificate certificate =
                Certification.run(
                        AebController.DEFAULTS,
                        new CutInMatrix(
                                List.of(60.0), List.of(40.0), List.of(1.5), List.of(5.0, 20.0)));
        String text = certificate.toJson().toString();
        String forged =
                text.replaceFirst("\"verdict\":\"[A-Z]+\"", "\"verdict\":\"PASS\"")
                        .replaceFirst("\"impactMps\":[0-9.]+", "\"impactMps\":0.125");
        assertThat(forged).isNotEqualTo(text);
        assertThatThrownBy(() -> Certificate.parse(forged)).hasMessageContaining("was changed");
        assertThat(
                        certificate
                                .event(Instant.EPOCH, "did:web:x")
                                .json()
                                .required("resultHash")
                                .asString())
                .isEqualTo(certificate.resultHash());
    }
}
