package org.roadloop.core.watermark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.core.policy.Policy;
import tools.jackson.databind.json.JsonMapper;

class WatermarkTermsTest {
    @Test
    void theTermStandsInThePolicyAsOneText() {
        String text = "speed_kmh=0.1 longitude_degrees=0.000001 by vehicle collected_at";
        Policy offer =
                Policy.fromJson(
                        JsonMapper.shared()
                                .readTree(
                                        """
                                        {"@type":"Offer","@id":"offer-1",
                                         "roadloop:watermark":"%s",
                                         "permission":[{"action":"use"}]}
                                        """
                                                .formatted(text)));
        WatermarkTerms terms = WatermarkTerms.find(offer).orElseThrow();
        assertThat(terms).hasToString(text);
        assertThat(terms.row()).containsExactly("vehicle", "collected_at");
        assertThat(
                        WatermarkTerms.find(
                                offer.withExtension(
                                        "roadloop:other", JsonMapper.shared().createObjectNode())))
                .contains(terms);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "by vehicle                | names no column",
                "speed_kmh                 | is no column=tolerance",
                "speed_kmh=fast            | is no decimal number",
                "speed_kmh=0               | is not between",
                "speed_kmh=-0.1            | is not between",
                "speed_kmh=1e-12           | is not between",
                "speed_kmh=1 speed_kmh=2   | is no column=tolerance",
                "speed_kmh=1 by speed_kmh  | name the row and be changed",
            })
    void whatCannotBeReadIsNamed(String text, String says) {
        assertThatThrownBy(() -> WatermarkTerms.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vehicle=1       | be marked; only measured",
                "at=1            | be marked; only measured",
                "gear=1          | be marked; only measured",
                "brake=1         | be marked; only measured",
                "score=0.1       | be marked; only measured",
                "spede_kmh=0.1   | no column",
                "speed_kmh=0.1 by brake | name a row;",
                "speed_kmh=0.1 by driver | no column",
            })
    void keysCodesFlagsAndTimesAreNeverChanged(String text, String says) {
        assertThatThrownBy(() -> WatermarkTerms.parse(text).check(Tracks.SCHEMA))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says);
        WatermarkTerms.parse("speed_kmh=0.1 temperature_c=0.5 by vehicle at").check(Tracks.SCHEMA);
    }

    /** Columns: step, what is measured, the mark, what is released. */
    @ParameterizedTest
    @CsvSource({
        "0.1,      54.3,        1, 54.3",
        "0.1,      54.3,        0, 54.4",
        "0.1,      54.4,        1, 54.3",
        "0.1,      0,           1, 0",
        "0.1,      0.1,         0, 0.2",
        "0.1,      0.2,         1, 0.1",
        "0.1,      -0.2,        1, -0.1",
        "0.1,      220,         0, 220",
        "0.1,      220,         1, 219.9",
        "0.1,      54.37,       0, 54.37",
        "0.1,      54.37,       1, 54.27",
        "0.1,      54.35,       1, 54.25",
        "0.000001, 121.473701,  0, 121.473702",
        "0.000001, 121.4737015, 0, 121.4737015",
        "0.000001, 121.4737015, 1, 121.4737005",
        "0.5,      21.5,        0, 22",
        "5,        10,          1, 5",
        "0.1,      NaN,         1, NaN",
        "0.1,      Infinity,    1, Infinity",
    })
    void aMarkedValueIsTheOtherOfItsPair(String step, double value, int mark, double released) {
        Step by = Step.of(step);
        double marked = by.marked(value, mark, false);
        assertThat(Double.valueOf(marked)).isEqualTo(Double.valueOf(released));
        assertThat(by.pair(marked)).isEqualTo(by.pair(value));
        if (by.pair(value) != 0) {
            assertThat(by.mark(marked)).isEqualTo(mark);
        }
    }

    @Test
    void noValueIsChangedByMoreThanItsStepAndEveryOneIsReadBack() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        String[] steps = {"0.1", "0.01", "0.000001", "0.5", "0.25", "2", "0.00005"};
        int unmarked = 0;
        for (int i = 0; i < 50_000; i++) {
            Step step = Step.of(steps[random.nextInt(steps.length)]);
            boolean single = random.nextInt(4) == 0;
            double value = (random.nextDouble() - 0.4) * Math.pow(10, random.nextInt(5) - 1);
            if (random.nextBoolean()) {
                value = Math.rint(value * 1000) / 1000;
            }
            if (single) {
                value = (float) value;
            }
            int mark = random.nextInt(2);
            double marked = step.marked(value, mark, single);
            if (Math.abs(value) / step.size() > (single ? 1 << 20 : 1 << 29)) {
                continue; // finer than the digits of the number
            }
            double noise = single ? Math.abs(value) * 1e-6 : 1e-9;
            boolean holds =
                    Math.abs(marked - value) <= step.size() + noise
                            && step.pair(marked) == step.pair(value)
                            && step.marked(marked, mark, single) == marked;
            assertThat(holds).as("%s by %s, seed %d", value, step, seed).isTrue();
            if (step.pair(value) != 0 && step.mark(marked) != mark) {
                unmarked++;
            }
        }
        assertThat(unmarked).as("seed %d", seed).isLessThan(50);
    }
}
