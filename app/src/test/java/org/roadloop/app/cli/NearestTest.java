package org.roadloop.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    /** Distances from the literature: optimal string alignment, not full Damerau-Levenshtein. */
    @ParameterizedTest
    @CsvSource({
        "kitten, sitting, 3",
        "ca, abc, 3",
        "port, prot, 1",
        "'', abc, 3",
        "abc, abc, 0",
        "flaw, lawn, 2"
    })
    void distances(String a, String b, int expected) {
        assertThat(Nearest.distance(a, b)).isEqualTo(expected);
        assertThat(Nearest.distance(b, a)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "dcotor, up doctor backup, doctor",
        "Backup, up doctor backup, backup",
        "bac, up doctor backup, backup",
        "x, up doctor backup, -",
        "elephant, up doctor backup, -"
    })
    void words(String given, String known, String expected) {
        List<String> words = Arrays.asList(known.split(" "));
        assertThat(Nearest.word(given, words).orElse("-")).isEqualTo(expected);
    }
}
