package org.roadloop.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents stay true: every relative link leads to a file, the journeys name real files. */
class DocumentsTest {
    private static final Path ROOT = Path.of(System.getProperty("roadloop.root", ".."));
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)");

    @Test
    void links_are_alive() throws IOException {
        List<String> dead = new ArrayList<>();
        int links = 0;
        for (Path document : documents()) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                String target = link.group(1);
                if (target.matches("[a-z]+:.*")) {
                    continue;
                }
                links++;
                if (!Files.exists(document.resolveSibling(target).normalize())) {
                    dead.add(ROOT.relativize(document) + " → " + target);
                }
            }
        }
        assertThat(dead).isEmpty();
        assertThat(links).as("links checked").isGreaterThan(30);
    }

    @Test
    void the_journeys_are_links_to_source_files() throws IOException {
        String architecture = Files.readString(ROOT.resolve("ARCHITECTURE.md"));
        Matcher link = LINK.matcher(architecture);
        long sources = link.results().filter(m -> m.group(1).endsWith(".java")).count();
        assertThat(sources).isGreaterThanOrEqualTo(20);
    }

    @Test
    void both_readmes_name_the_two_commands() throws IOException {
        for (String readme : List.of("README.md", "README.zh-CN.md")) {
            assertThat(Files.readString(ROOT.resolve(readme)))
                    .contains("./roadloop demo")
                    .contains("./roadloop test");
        }
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs).filter(p -> p.toString().endsWith(".md")).toList();
        }
    }
}
