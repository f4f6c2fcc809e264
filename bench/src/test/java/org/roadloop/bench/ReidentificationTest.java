package org.roadloop.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The proofs of the release of trajectories and of k-anonymity, on smaller data than the bench. */
@Tag("slow")
class ReidentificationTest {
    @Test
    void fourPointsAndHomesAreNotFoundInWhatIsReleased() {
        Map<String, Double> figures = new HashMap<>();
        ReidentificationFigures.measure(
                new TownFleet(2_000, 3, 20261122), (name, value, _) -> figures.put(name, value));
        System.out.println(figures);
        assertThat(figures.get("reidentified_percent")).isLessThanOrEqualTo(1);
        assertThat(figures.get("home_within_200m_percent")).isLessThanOrEqualTo(5);
        assertThat(figures.get("unprotected.reidentified_percent")).isGreaterThan(90);
        assertThat(figures.get("unprotected.home_within_200m_percent")).isGreaterThan(90);
        assertThat(figures.get("release.points_kept_percent")).isGreaterThan(80);
    }

    @Test
    void theAnonymousCensusIsTheBestOne() {
        Map<String, Double> figures = new HashMap<>();
        KAnonymityFigures.measure(8_000, 5, (name, value, _) -> figures.put(name, value));
        System.out.println(figures);
        assertThat(figures.get("kanonymity.loss_gap_percent")).isBetween(-1e-9, 1e-9);
        assertThat(figures.get("kanonymity.fast_loss_gap_percent")).isBetween(-1e-9, 1.0);
        assertThat(figures.get("kanonymity.achieved_k")).isGreaterThanOrEqualTo(5);
    }
}
