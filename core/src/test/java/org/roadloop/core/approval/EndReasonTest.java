package org.roadloop.core.approval;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One table of codes: the page, the enum and the sources say the same. */
class EndReasonTest {
    private static final Path ROOT = Path.of(System.getProperty("roadloop.root", ".."));

    /** Where negotiations are ended by us. */
    private static final String[] SOURCES = {
        "core/src/main/java/org/roadloop/core/approval/Approvals.java",
        "core/src/main/java/org/roadloop/core/contract/OwnOfferDecider.java",
        "dataspace/src/main/java/org/roadloop/dataspace/dsp/Negotiations.java",
        "dataspace/src/main/java/org/roadloop/dataspace/dsp/Courier.java",
    };

    private static Set<String> codes() {
        return new TreeSet<>(Arrays.stream(EndReason.values()).map(EndReason::code).toList());
    }

    private static Set<String> found(String text, String pattern) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    @Test
    void thePageHasEveryCodeAndNoOther() throws Exception {
        String page = Files.readString(ROOT.resolve("docs/negotiations.md"));
        String table =
                page.substring(page.indexOf("| code |"), page.indexOf("A peer that is down"));
        assertThat(found(table, "(?m)^\\| `([a-z_]+)` \\|")).isEqualTo(codes());
    }

    @Test
    void theSourcesUseNoOther() throws Exception {
        Set<String> used = new TreeSet<>();
        for (String source : SOURCES) {
            String text = Files.readString(ROOT.resolve(source));
            used.addAll(found(text, "(?:Terminate|terminate)\\(\\s*(?:pid, )?\"([a-z_]+)\""));
            used.addAll(found(text, "\\.end\\(pid, \"([a-z_]+)\""));
            used.addAll(found(text, "[?:] \"(peer_[a-z]+)\""));
            used.addAll(found(text, "\\? \"([a-z]+_[a-z_]+)\" :"));
        }
        assertThat(used).hasSizeGreaterThan(8);
        assertThat(codes()).containsAll(used);
    }

    @Test
    void everyReasonSaysWhatToDoInBothLanguages() {
        for (EndReason reason : EndReason.values()) {
            assertThat(
                            Stream.of(
                                    reason.meaning().english(),
                                    reason.meaning().chinese(),
                                    reason.advice().english(),
                                    reason.advice().chinese()))
                    .as(reason.code())
                    .noneMatch(String::isBlank);
        }
    }
}
