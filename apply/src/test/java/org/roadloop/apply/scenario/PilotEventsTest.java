package org.roadloop.apply.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The New York pilot's recorded events, read from the published files. */
class PilotEventsTest {
    /**
     * Host C7D30386 drives 22 m/s behind A305214A, whose messages say 5.68 m/s throughout: the
     * pilot's unit warned at T_s = 0. By their positions the gap stays at 34 m: the target's speed
     * is wrong, and the scenario says so.
     */
    @Test
    void theForwardCollisionEventIsFound() throws IOException {
        List<TrackRows.Message> messages = TrackRows.pilotEvent("nycdot-fcw-event.json");
        MiningResult result =
                Miner.mine(TrackRows.of("nyc-fcw", messages).batches(), MiningConfig.DEFAULTS);
        assertThat(result.vehicleFrames()).isBetween(310L, 322L);
        assertThat(result.scenarios()).hasSize(1);
        Scenario found = result.scenarios().getFirst();
        assertThat(found.type()).isEqualTo(ScenarioType.FORWARD_COLLISION);
        double warning = Math.floor(messages.getFirst().seconds() * 10) / -10;
        assertThat(found.startSeconds()).isBetween(warning - 5, warning);
        assertThat(found.endSeconds()).isGreaterThan(warning);
        // At the warning: gap 41.5 - (7.82 + 5.49)/2, closing 21.96 - 5.68.
        assertThat(found.minTtcSeconds()).isCloseTo(2.1, within(0.1));
        assertThat(found.speedsDisputed()).isTrue();
        assertThat(result.toJson().toString())
                .doesNotContain("C7D30386")
                .doesNotContain("A305214A");
    }

    /**
     * At T_s = 0 the host has 8 m to the crossing point and the target 76 m at 11 m/s, so they miss
     * each other by some 6 s: no crossing by the default PET of 2 s, one by a wide search.
     */
    @Test
    void theIntersectionEventIsACrossingAsFarAsTheKinematicsShowIt() throws IOException {
        List<TrackRows.Message> messages = TrackRows.pilotEvent("nycdot-ima-event.json");
        List<org.roadloop.core.table.Batch> batches = TrackRows.of("nyc-ima", messages).batches();
        assertThat(Miner.mine(batches, MiningConfig.DEFAULTS).scenarios()).isEmpty();
        MiningResult wide = Miner.mine(batches, MiningConfig.DEFAULTS.withCrossing(8, 12, 150));
        assertThat(wide.countsByType().get(ScenarioType.CROSSING)).isEqualTo(1);
        Scenario found = wide.scenarios().getFirst();
        double warning = Math.floor(messages.getFirst().seconds() * 10) / -10;
        assertThat(warning).isBetween(found.startSeconds(), found.endSeconds());
        assertThat(found.minPetSeconds()).isBetween(5.0, 7.0);
    }
}
