package org.roadloop.core.descriptor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class GovernedRunTest {
    private static GovernedRun read(String passport) {
        return GovernedRun.of(
                JsonMapper.shared().readTree(passport), "ab".repeat(32), new UUID(1, 2));
    }

    @Test
    void aPassportIsRead() {
        GovernedRun run =
                read(
                        """
                        {"plan": {"name": "town", "version": 3, "sha256": "cd"},
                         "outputs": [
                           {"file": "a.parquet", "sha256": "01", "rows": 3, "dataBytes": 30},
                           {"file": "b.parquet", "sha256": "02", "rows": 4, "dataBytes": 40}],
                         "attackRatesPartsPerMillion": {"home-200m": 31000},
                         "qualityPartsPerMillion": {"completeness": 980000},
                         "at": "2026-11-22T08:00:00Z"}
                        """);
        assertThat(run.plan()).isEqualTo("town v3");
        assertThat(run.rows()).isEqualTo(7);
        assertThat(run.files().get(1))
                .isEqualTo(new GovernedRun.StoredFile("b.parquet", "02", 4, 40));
        assertThat(run.k()).isNull();
        assertThat(run.attackRates()).isEqualTo(Map.of("home-200m", 0.031));
        assertThat(run.quality()).isEqualTo(Map.of("completeness", 0.98));
    }

    /** What was counted in the files goes before what a step says of itself. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            nullValues = "none",
            value = {
                "\"anonymity\": {\"k\": 7}, \"steps\": [{\"figures\": {\"achieved_k\": \"12\"}}] | 7",
                "\"steps\": [{\"figures\": {\"achieved_k\": \"12\"}}, {\"figures\": {\"achieved_k\": \"5\"}}] | 5",
                "\"steps\": [{\"figures\": {\"groups\": \"12\"}}] | none",
            })
    void kIsTheOneThatWasCounted(String members, Long k) {
        assertThat(read("{\"at\": \"2026-11-22T08:00:00Z\", " + members + "}").k()).isEqualTo(k);
    }
}
