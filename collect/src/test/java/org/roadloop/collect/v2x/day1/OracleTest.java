package org.roadloop.collect.v2x.day1;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.collect.v2x.uper.RandomMessages;
import org.roadloop.collect.v2x.uper.RawValues;
import org.roadloop.collect.v2x.uper.UperWriter;

/**
 * Random messages of every type against another implementation of UPER, asn1tools for Python, that
 * works from the modules themselves. Runs where the environment names both: {@code
 * ROADLOOP_ASN1TOOLS_PYTHON} an interpreter that has asn1tools, {@code ROADLOOP_V2X_ASN1} a folder
 * with the {@code .asn} files of 2019-07-24.
 */
@Tag("slow")
class OracleTest {
    private static final String SCRIPT =
            """
            import sys, glob, asn1tools
            types = asn1tools.compile_files(sorted(glob.glob(sys.argv[1] + '/*.asn')), 'uper')
            def leaves(value):
                if isinstance(value, dict):
                    return [leaf for one in value.values() for leaf in leaves(one)]
                if isinstance(value, list):
                    return [leaf for one in value for leaf in leaves(one)]
                if isinstance(value, tuple) and isinstance(value[0], str):
                    return leaves(value[1])
                if isinstance(value, tuple):
                    bits = ''.join(f'{octet:08b}' for octet in value[0])
                    return [bits[:value[1]]]
                if isinstance(value, bytes):
                    return [value.hex()]
                return [value]
            for line in open(sys.argv[2]):
                frame = bytes.fromhex(line.strip())
                value = types.decode('MessageFrame', frame)
                same = types.encode('MessageFrame', value) == frame
                texts = []
                for leaf in leaves(value):
                    texts.append(str(leaf).encode('latin-1').hex())
                print('same' if same else 'other', ','.join(texts))
            """;

    @TempDir Path directory;

    @Test
    void anotherImplementationReadsAndWritesTheSame() throws Exception {
        String python = System.getenv("ROADLOOP_ASN1TOOLS_PYTHON");
        String modules = System.getenv("ROADLOOP_V2X_ASN1");
        Assumptions.assumeTrue(
                python != null && modules != null,
                "ROADLOOP_ASN1TOOLS_PYTHON or ROADLOOP_V2X_ASN1 is not set: no second"
                        + " implementation to compare with");
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        RandomMessages random = new RandomMessages(seed, false);
        UperWriter writer = new UperWriter();
        MessageFrame frame = new MessageFrame();
        List<String> hex = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int round = 0; round < 200; round++) {
            frame.kind = round % 5;
            frame.exchange(random);
            hex.add(HexFormat.of().formatHex(writer.write(frame)));
            expected.add(
                    "same "
                            + RawValues.of(frame).stream()
                                    .map(leaf -> hexOf(leaf.value()))
                                    .collect(Collectors.joining(",")));
        }
        Path frames = directory.resolve("frames");
        Files.write(frames, hex);
        Path script = Files.writeString(directory.resolve("oracle.py"), SCRIPT);
        Path said = directory.resolve("said");
        Process oracle =
                new ProcessBuilder(python, script.toString(), modules, frames.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        try {
            assertThat(oracle.waitFor()).as(() -> read(said)).isZero();
        } finally {
            oracle.destroyForcibly();
        }
        assertThat(Files.readAllLines(said)).isEqualTo(expected);
    }

    private static String hexOf(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }
}
