package org.roadloop.govern.quality;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VehicleMemoryTest {
    @Test
    void idsThatNeverComeAgainDoNotFillTheMemory() {
        VehicleMemory memory = new VehicleMemory(300, 40, 30_000_000, 10);
        long regular = 7;
        int most = 0;
        for (int i = 0; i < 3 * VehicleMemory.MOST_VEHICLES; i++) {
            long stranger = (i + 1L) * 0x9E3779B97F4A7C15L;
            memory.check(stranger, 1_000_000, 121, 31, true, 0);
            if (i % 100_000 == 0) {
                memory.check(regular, 1_000_000L * (i / 100_000), 121, 31, true, 0);
            }
            most = Math.max(most, memory.size());
        }
        assertThat(most).isLessThanOrEqualTo(VehicleMemory.MOST_VEHICLES + 1);
        long found = memory.check(regular, 32_000_000, 121, 31, true, 0);
        assertThat(found).isEqualTo(VehicleMemory.COMPARED);
    }
}
