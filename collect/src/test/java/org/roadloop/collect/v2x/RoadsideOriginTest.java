package org.roadloop.collect.v2x;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoadsideOriginTest {
    @ParameterizedTest
    @CsvSource(
            textBlock =
                    """
                    # envelope,           millisInMinute, at
                    2020-11-14T06:55:02.333Z,  5238, 2020-11-14T06:55:05.238Z
                    2020-11-14T06:55:02.333Z, 59900, 2020-11-14T06:54:59.900Z
                    2020-11-14T06:55:59.000Z,   100, 2020-11-14T06:56:00.100Z
                    2020-11-14T06:55:02.333Z, 65535, 2020-11-14T06:55:02.333Z
                    """)
    void aMinuteIsTakenThatIsNearest(Instant envelope, int millisInMinute, Instant at) {
        RoadsideOrigin origin = new RoadsideOrigin();
        origin.timeMillis = envelope.toEpochMilli();
        assertThat(Instant.ofEpochMilli(origin.atMicros(millisInMinute) / 1000)).isEqualTo(at);
    }
}
