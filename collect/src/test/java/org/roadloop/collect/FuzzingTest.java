package org.roadloop.collect;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Looks for inputs that break a decoder, guided by coverage and from the kept corpus on (模糊测试):
 * half a minute in all. Longer by hand: {@code -Droadloop.fuzz.seconds=600} for each of them. What
 * is found lies in a file that the message names; kept beside the corpus, it is run for ever.
 */
@Tag("slow")
class FuzzingTest {
    private static final int SECONDS = Integer.getInteger("roadloop.fuzz.seconds", 3);
    private static final int SEED = Integer.getInteger("roadloop.fuzz.seed", 20_261_122);

    /** Far more than any input of a few kilobytes takes, on a busy machine too. */
    private static final int HANG_SECONDS = 20;

    @TempDir Path temp;

    @ParameterizedTest
    @CsvSource({
        "gb32960.FrameFuzzTest, streams",
        "gb32960.FrameFuzzTest, dataUnits",
        "gb32960.text.TextFuzzTest, whatIsReadIsWrittenAgain",
        "jt808.Jt808FuzzTest, anyStreamIsReadToItsEnd",
        "jt808.Jt808FuzzTest, anyBodyIsReadAndWrittenAsItCame",
        "mcap.McapFuzzTest, anyBytesAreReadToTheirEnd",
        "mcap.McapFuzzTest, anyBytesDecodeAsText",
        "v2x.day1.V2xFuzzTest, frames",
        "v2x.day1.V2xFuzzTest, texts",
    })
    void nothingEscapes(String type, String method) throws Exception {
        Path found = Files.createDirectory(temp.resolve("found"));
        Path log = temp.resolve("log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (SECONDS < 60) {
            // What is compiled well would be ready when the time is over.
            command.add("-XX:TieredStopAtLevel=1");
        }
        command.addAll(List.of("-Xmx512m", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(
                List.of("-XX:+EnableDynamicAgentLoading", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add("com.code_intelligence.jazzer.Jazzer");
        command.add("--target_class=" + FuzzTarget.class.getName());
        command.add("--target_args=org.roadloop.collect." + type + " " + method);
        command.add("--instrumentation_includes=org.roadloop.**");
        command.add("--custom_hook_includes=org.roadloop.**");
        command.add("--reproducer_path=" + temp);
        command.add("-artifact_prefix=" + temp + "/");
        command.add("-max_total_time=" + SECONDS);
        command.add("-timeout=" + HANG_SECONDS);
        command.add("-seed=" + SEED);
        command.add(found.toString());
        command.add(corpus(type, method).toString());
        Process fuzzer =
                new ProcessBuilder(command)
                        .directory(temp.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            assertThat(fuzzer.waitFor(SECONDS + 300L, TimeUnit.SECONDS)).isTrue();
        } finally {
            fuzzer.destroyForcibly();
        }
        String said = Files.readString(log);
        assertThat(fuzzer.exitValue()).as(said).isZero();
        // The last line counts what was run; without it nothing was fuzzed.
        String done = said.lines().filter(line -> line.startsWith("Done ")).findFirst().orElse("");
        assertThat(done).as(said).matches("Done [1-9][0-9]* runs in .*");
        System.out.printf("%s.%s, seed %d: %s%n", type, method, SEED, done);
    }

    private static Path corpus(String type, String method) {
        String folder = type.replace('.', '/') + "Inputs/" + method;
        return Path.of(System.getProperty("roadloop.root", "."))
                .resolve("collect/src/test/resources/org/roadloop/collect")
                .resolve(folder);
    }
}
