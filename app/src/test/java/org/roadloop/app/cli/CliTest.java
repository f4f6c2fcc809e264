package org.roadloop.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class CliTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Command(description = "Greets.", mixinStandardHelpOptions = true)
    static final class Greet implements Callable<Integer> {
        @Option(names = "--fail-with", description = "What goes wrong.")
        String failWith = "";

        @Option(names = "--count", description = "How often.")
        int count = 1;

        @Override
        public Integer call() {
            switch (failWith) {
                case "failed" -> throw CliException.failed("the proof does not hold");
                case "environment" -> throw CliException.environment("no server");
                case "bug" -> throw new IllegalStateException("broken invariant");
                default -> {
                    return ExitCode.OK;
                }
            }
        }

        @Command(name = "loudly", description = "Greets loudly.", mixinStandardHelpOptions = true)
        int loudly() {
            return ExitCode.OK;
        }
    }

    private int run(String... args) {
        Cli cli =
                new Cli(
                        "9.9",
                        List.of(
                                new Verb("greet", "greet somebody", Greet::new),
                                new Verb(
                                        "verify",
                                        "never built unless named",
                                        () -> {
                                            throw new IllegalStateException("built too early");
                                        })),
                        new PrintWriter(out),
                        new PrintWriter(err));
        return cli.run(args);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            quoteCharacter = '`',
            textBlock =
                    """
                    greet                          | 0 | -
                    greet loudly                   | 0 | -
                    greet --help                   | 0 | -
                    help                           | 0 | -
                    help greet                     | 0 | -
                    --help                         | 0 | -
                    --version                      | 0 | -
                    gret                           | 2 | no verb 'gret'; did you mean 'roadloop greet'?
                    vefiry                         | 2 | no verb 'vefiry'; did you mean 'roadloop verify'?
                    xyz                            | 2 | no verb 'xyz'; 'roadloop help' lists the verbs
                    greet --cuont 3                | 2 | no option '--cuont'
                    greet --cuont 3                | 2 | did you mean '--count'?
                    greet loudyl                   | 2 | did you mean 'loudly'?
                    greet --count many             | 2 | 'roadloop greet --help' shows what there is
                    greet --fail-with failed       | 1 | roadloop greet: the proof does not hold
                    greet --fail-with environment  | 3 | roadloop greet: no server
                    greet --fail-with bug          | 1 | internal error
                    """)
    void exitCodesAndNearestWords(String line, int code, String message) {
        assertThat(run(line.split(" "))).as(line + "\n" + err).isEqualTo(code);
        if (message == null) {
            assertThat(err.toString()).isEmpty();
        } else {
            assertThat(err.toString()).contains(message);
        }
    }

    @Test
    void withoutWordsTheHelpIsPrintedAndTheCodeSaysSo() {
        assertThat(run()).isEqualTo(ExitCode.WRONG_WORDS);
        assertThat(err.toString()).contains("greet   greet somebody").contains("Exit codes: 0");
    }

    @Test
    void versionNamesBuildAndJava() {
        run("--version");
        assertThat(out.toString()).startsWith("roadloop 9.9 (Java 25");
    }

    @Test
    void progressOnATerminalRewritesOneLine() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        AtomicLong nanos = new AtomicLong();
        AtomicLong done = new AtomicLong();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (Progress progress =
                new Progress(
                        stream,
                        true,
                        nanos::get,
                        "ingest",
                        "frames",
                        4000,
                        done::get,
                        () -> "queue 12 %, rejects 3")) {
            nanos.set(1_000_000_000L);
            done.set(1000);
            progress.tick();
            nanos.set(4_000_000_000L);
            done.set(4000);
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .isEqualTo(
                        "\ringest: 1,000/4,000 (25 %) frames, 1,000/s, queue 12 %, rejects 3, ETA 3 s"
                                + "\ringest: 4,000/4,000 (100 %) frames, 1,000/s, queue 12 %, rejects"
                                + " 3, 4.0 s \n");
    }

    @Test
    void progressElsewhereIsPlainLines() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        AtomicLong nanos = new AtomicLong();
        AtomicLong done = new AtomicLong();
        PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (Progress progress =
                new Progress(stream, false, nanos::get, "mine", "rows", 0, done::get, () -> "")) {
            nanos.set(2_000_000_000L);
            done.set(500);
            progress.tick();
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .isEqualTo("mine: 500 rows, 250/s\nmine: 500 rows, 250/s, 2.0 s\n");
    }
}
