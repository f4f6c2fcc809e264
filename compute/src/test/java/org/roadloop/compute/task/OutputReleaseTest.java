package org.roadloop.compute.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.roadloop.compute.task.OutputRelease.Rules;
import org.roadloop.compute.task.OutputRelease.Tokens;
import org.roadloop.compute.task.OutputRelease.Verdict;

class OutputReleaseTest {
    @TempDir Path folder;
    private Path out;

    @BeforeEach
    void folders() throws Exception {
        for (String name : new String[] {"out", "quarantine", "released"}) {
            Files.createDirectory(folder.resolve(name));
        }
        out = folder.resolve("out");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    a.json | {"mean": 3}                    | released
                    a.csv  | class,count                    | released
                    a.json | {"mean": 3                     | media_type
                    a.bin  | x                              | media_type
                    a.json | {"id": "p-ABCdef12-x"}         | forbidden_token
                    a.json | [{"v":1},{"v":2},{"v":3}]      | too_many_records
                    a.json | {"a":["x","y","z"]}            | too_many_records
                    a.json | {"histogram":[1,2,3,4,5]}      | released
                    a.txt  | 0123456789012345678901234567890123456789 | too_large
                    """)
    void eachRuleHasItsName(String name, String content, String expected) throws Exception {
        Files.writeString(out.resolve(name), content);
        Verdict verdict = release(name, new Rules(39, 2, Rules.AGGREGATES.mediaTypes()));
        assertThat(code(verdict)).isEqualTo(expected);
        assertThat(Files.exists(folder.resolve("released").resolve(name)))
                .isEqualTo(expected.equals("released"));
        assertThat(folder.resolve("quarantine")).isEmptyDirectory();
    }

    @Test
    void linksOfAnyKindStayIn() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret.json"), "{}");
        Files.createSymbolicLink(out.resolve("soft.json"), secret);
        Files.createLink(out.resolve("hard.json"), secret);
        Files.createSymbolicLink(out.resolve("dir"), folder);
        assertThat(code(release("soft.json", Rules.AGGREGATES))).isEqualTo("not_regular");
        assertThat(code(release("hard.json", Rules.AGGREGATES))).isEqualTo("not_regular");
        assertThat(code(release("dir/secret.json", Rules.AGGREGATES))).isEqualTo("not_regular");
        assertThat(code(release("none.json", Rules.AGGREGATES))).isEqualTo("absent");
    }

    /** The search finds exactly what a plain search finds. */
    @Test
    void theSearchEqualsAPlainOne() {
        for (long seed = 1; seed <= 300; seed++) {
            Random random = new Random(seed);
            Set<String> tokens = new HashSet<>();
            for (int i = 0; i < 5; i++) {
                tokens.add(letters(random, 4 + random.nextInt(3)));
            }
            String text = letters(random, random.nextInt(200));
            boolean plain = tokens.stream().anyMatch(text::contains);
            assertThat(new Tokens(tokens).occurIn(text.getBytes(StandardCharsets.UTF_8)))
                    .as("seed %d", seed)
                    .isEqualTo(plain);
        }
    }

    private static String letters(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(3)));
        }
        return text.toString();
    }

    private Verdict release(String name, Rules rules) throws Exception {
        return new OutputRelease(rules)
                .release(
                        new TaskRequest.Output("", "/out/" + name),
                        out,
                        Path.of(name),
                        folder.resolve("quarantine"),
                        folder.resolve("released"),
                        new Tokens(Set.of("abcDEF12")));
    }

    private static String code(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Released r -> "released";
            case Verdict.Withheld w -> w.code();
        };
    }
}
