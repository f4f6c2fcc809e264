package org.roadloop.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The outside conformance suites (一致性测试套件), each in a process of its own. */
final class Suites {
    private final Path root;

    Suites(Path root) {
        this.root = root;
    }

    /** Builds them, unless they are as new as the sources. */
    void prepare() throws IOException, InterruptedException {
        output(List.of(root.resolve("roadloop").toString(), "setup", "suites"));
    }

    /** Tests of the Dataspace Protocol's kit that pass; some are disabled in the kit itself. */
    int dataspaceProtocol() throws IOException, InterruptedException {
        return passed("tck.passed", "org.roadloop.tck.DspTck", List.of());
    }

    int odrl(Path cases) throws IOException, InterruptedException {
        return passed("odrl.passed", "org.roadloop.tck.odrl.OdrlSuite", List.of(cases.toString()));
    }

    private static int passed(String figure, String main, List<String> arguments)
            throws IOException, InterruptedException {
        Path suites = Path.of(System.getProperty("roadloop.dist"), "bench/suites");
        List<String> command =
                new java.util.ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                                "-cp",
                                suites + "/*",
                                main));
        command.addAll(arguments);
        String printed = output(command);
        Matcher line =
                Pattern.compile("^" + Pattern.quote(figure) + " (\\d+)", Pattern.MULTILINE)
                        .matcher(printed);
        if (!line.find()) {
            throw new IOException(main + " printed no " + figure + ":\n" + printed);
        }
        return Integer.parseInt(line.group(1));
    }

    private static String output(List<String> command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed:\n" + printed);
        }
        return printed;
    }
}
