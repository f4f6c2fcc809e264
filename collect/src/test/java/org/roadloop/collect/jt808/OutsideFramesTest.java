package org.roadloop.collect.jt808;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.roadloop.collect.text.MessageText;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Frames that others published, with what they say of them; origin in the resource files. */
class OutsideFramesTest {
    @ParameterizedTest
    @MethodSource("frames")
    void frameMeansWhatItsAuthorsSay(String hex, String expected) throws IOException {
        byte[] frame = HexFormat.of().parseHex(hex);
        ObjectNode message = TextRun.of(frame).onlyMessage();
        assertThat(message.toString()).isEqualTo(expected);
        assertThat(HexFormat.of().withUpperCase().formatHex(new Jt808Text().encode(message)))
                .isEqualTo(hex);
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void bodyMeansWhatItsAuthorsSay(int id, Edition edition, String hex, String expected) {
        byte[] body = HexFormat.of().parseHex(hex);
        Message message = Message.read(id, new BodyReader(edition, body, 0, body.length));
        assertThat(message).isNotNull();
        assertThat(
                        message.getClass().getSimpleName()
                                + " "
                                + JsonMapper.shared().writeValueAsString(message))
                .isEqualTo(expected);
        BodyWriter out = new BodyWriter(edition);
        message.write(out);
        assertThat(HexFormat.of().withUpperCase().formatHex(out.toArray())).isEqualTo(hex);
        assertThat(message.id()).isEqualTo(id);
    }

    @Test
    void twoPackagesOfARealTerminalAreOneParameterAnswer() throws IOException {
        PackageAssembler.Bounds usual = PackageAssembler.Bounds.DEFAULT;
        assertThat(assemble(new PackageAssembler(usual.consecutive())))
                .containsExactly(PackageAssembler.Verdict.KEPT, PackageAssembler.Verdict.KEPT);
        PackageAssembler assembler = new PackageAssembler(usual);
        assertThat(assemble(assembler))
                .containsExactly(PackageAssembler.Verdict.KEPT, PackageAssembler.Verdict.WHOLE);
        byte[] body = assembler.body();
        Message read = Message.read(0x0104, new BodyReader(Edition.JT2013, body, 0, body.length));
        assertThat(read).isInstanceOf(CommandMessage.ParameterAnswer.class);
        // The body says 107 parameters, and they end with its last byte.
        assertThat(((CommandMessage.ParameterAnswer) read).parameters())
                .hasSize(0x6B)
                .contains(
                        Parameter.ofNumber(0x0001, 0x0258),
                        Parameter.ofText(0x0010, "CMNET"),
                        Parameter.ofText(0x0013, "222.184.26.22"),
                        Parameter.ofText(0x0083, "测试视频车辆"));
        assertThat(HexFormat.of().withUpperCase().formatHex(assembler.record()))
                .isEqualTo(String.join("", lines("packages.txt")));
    }

    private static List<PackageAssembler.Verdict> assemble(PackageAssembler assembler)
            throws IOException {
        List<PackageAssembler.Verdict> verdicts = new ArrayList<>();
        for (String hex : lines("packages.txt")) {
            byte[] frame = HexFormat.of().parseHex(hex);
            FrameCutter cutter = new FrameCutter();
            cutter.over(frame, 0, frame.length);
            assertThat(cutter.next()).isEqualTo(FrameCutter.Verdict.FRAME);
            verdicts.add(assembler.offer(cutter.bytes(), cutter.message(), 0));
        }
        return verdicts;
    }

    static List<Arguments> frames() throws IOException {
        List<String> lines = lines("frames.txt");
        List<Arguments> frames = new ArrayList<>();
        for (int i = 0; i < lines.size(); i += 2) {
            frames.add(Arguments.of(lines.get(i), lines.get(i + 1)));
        }
        return frames;
    }

    static List<Arguments> bodies() throws IOException {
        List<String> lines = lines("bodies.txt");
        List<Arguments> bodies = new ArrayList<>();
        for (int i = 0; i < lines.size(); i += 2) {
            String[] words = lines.get(i).split(" ");
            bodies.add(
                    Arguments.of(
                            Integer.parseInt(words[0], 16),
                            Edition.valueOf("JT" + words[1]),
                            words[2],
                            lines.get(i + 1)));
        }
        return bodies;
    }

    private static List<String> lines(String name) throws IOException {
        try (InputStream in = OutsideFramesTest.class.getResourceAsStream("/jt808/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(String::strip)
                    .toList();
        }
    }

    /** What a decoder told. */
    record TextRun(List<ObjectNode> messages, List<String> errors) implements MessageText.Sink {
        static TextRun of(byte[] bytes) throws IOException {
            TextRun run = new TextRun(new ArrayList<>(), new ArrayList<>());
            new Jt808Text().decode(new ByteArrayInputStream(bytes), run);
            return run;
        }

        ObjectNode onlyMessage() {
            assertThat(errors).isEmpty();
            assertThat(messages).hasSize(1);
            return messages.getFirst();
        }

        @Override
        public void message(ObjectNode message) {
            messages.add(message);
        }

        @Override
        public void error(long offset, String reason, String detail) {
            errors.add(offset + " " + reason);
        }
    }
}
