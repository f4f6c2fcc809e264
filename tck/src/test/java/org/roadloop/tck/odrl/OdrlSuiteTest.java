package org.roadloop.tck.odrl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The outside ODRL suite. {@code -Droadloop.odrl=FOLDER} runs the cases of another folder instead
 * of {@code ../shared/data/odrl}.
 */
@Tag("slow")
class OdrlSuiteTest {
    /** Cases of the suite that come with the shared data. */
    private static final int AT_LEAST = 46;

    @Test
    void everyCaseIsReportedAsExpected() {
        String given = System.getProperty("roadloop.odrl");
        Path folder =
                given == null
                        ? Path.of(System.getProperty("roadloop.root", "."))
                                .resolve("../shared/data/odrl")
                        : Path.of(given);
        if (given == null) {
            Assumptions.assumeTrue(
                    Files.isDirectory(folder), "shared/data is missing: " + folder.normalize());
        }
        List<OdrlSuite.Outcome> outcomes = OdrlSuite.run(folder);
        assertThat(outcomes).as("cases in %s", folder).isNotEmpty();
        assertThat(outcomes).allSatisfy(o -> assertThat(o.differences()).as(o.title()).isEmpty());
        if (given == null) {
            assertThat(outcomes).hasSizeGreaterThanOrEqualTo(AT_LEAST);
        }
    }
}
