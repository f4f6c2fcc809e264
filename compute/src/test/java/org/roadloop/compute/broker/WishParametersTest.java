package org.roadloop.compute.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.compute.site.Site;

class WishParametersTest {
    private static Wish.Terms terms(String text) {
        Map<String, String> given =
                text.lines()
                        .map(line -> line.split("="))
                        .collect(Collectors.toMap(p -> p[0].strip(), p -> p[1].strip()));
        return WishParameters.terms("org", key -> given.getOrDefault(key, ""));
    }

    @Test
    void whatATaskSaysInItsParameters() {
        Wish.Terms terms =
                terms(
                        """
                        roadloop.allowedSites      = ai, hpc
                        roadloop.regions           = cn-north
                        roadloop.trust             = 2
                        roadloop.kinds             = hpc, accelerator
                        roadloop.architectures     = aarch64
                        roadloop.greenShare        = 0.6
                        roadloop.rankedSites       = hpc, ai
                        roadloop.overflowSeconds   = 90
                        roadloop.reservation       = booking-1
                        roadloop.due               = 2026-01-31T08:00:00Z
                        roadloop.milliPerLateSecond = 5
                        roadloop.milliPerGigabyteMoved = 100
                        """);
        assertThat(terms.policy())
                .isEqualTo(
                        new SitePolicy(
                                Map.of(),
                                Set.of("ai", "hpc"),
                                Set.of("cn-north"),
                                2,
                                Set.of(Site.Kind.HPC, Site.Kind.ACCELERATOR),
                                Set.of("aarch64"),
                                0.6));
        assertThat(terms.rankedSites()).containsExactly("hpc", "ai");
        assertThat(terms.overflowAfter()).isEqualTo(Duration.ofSeconds(90));
        assertThat(terms.reservation()).isEqualTo("booking-1");
        assertThat(terms.worth())
                .isEqualTo(
                        Optional.of(
                                new Wish.Worth(Instant.parse("2026-01-31T08:00:00Z"), 5, 100, 0)));
        assertThat(terms("")).isEqualTo(Market.terms("org", SitePolicy.ANY, false, 0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    roadloop.trust = 4                | roadloop.trust = 4 is not within 0 to 3.0
                    roadloop.greenShare = NaN         | roadloop.greenShare = NaN is not within 0 to 1.0
                    roadloop.kinds = super            | roadloop.kinds has 'super'; the kinds are [GENERAL, ACCELERATOR, HPC, EDGE]
                    roadloop.milliPerLateSecond = 3   | roadloop.milliPerLateSecond is given without roadloop.due; say when the task is due
                    roadloop.due = tomorrow           | roadloop.due = 'tomorrow' is not like 2026-01-31T08:00:00Z
                    roadloop.overflowSeconds = soon   | roadloop.overflowSeconds = 'soon' is no number
                    """)
    void whatMakesNoSenseIsNamed(String line, String message) {
        assertThatThrownBy(() -> terms(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
