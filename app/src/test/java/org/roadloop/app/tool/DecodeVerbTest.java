package org.roadloop.app.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roadloop.app.cli.Cli;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.app.cli.Verb;
import org.roadloop.app.http.Json;
import org.roadloop.collect.text.MessageText;
import tools.jackson.databind.node.ObjectNode;

class DecodeVerbTest {
    @TempDir Path folder;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private String out = "";
    private String err = "";

    /** A byte each: a letter is a message, anything else an error. */
    private static final class Letters implements MessageText {
        @Override
        public String protocol() {
            return "letters";
        }

        @Override
        public void decode(InputStream in, Sink sink) throws IOException {
            long offset = 0;
            for (int b = in.read(); b >= 0; b = in.read(), offset++) {
                if (Character.isLetter(b)) {
                    sink.message(Json.mapper().createObjectNode().put("letter", "" + (char) b));
                } else {
                    sink.error(offset, "letters_other", "no letter");
                }
            }
        }

        @Override
        public byte[] encode(ObjectNode message) {
            if (!message.path("letter").isString()) {
                throw new IllegalArgumentException("'letter' is missing");
            }
            return message.path("letter").asString().getBytes(StandardCharsets.US_ASCII);
        }
    }

    private int run(String... args) {
        List<Protocol> protocols = List.of(new Protocol("letters", Letters::new));
        StringWriter outText = new StringWriter();
        StringWriter errText = new StringWriter();
        int code =
                new Cli(
                                "test",
                                List.of(
                                        new Verb("decode", "", () -> new DecodeVerb(protocols)),
                                        new Verb(
                                                "encode",
                                                "",
                                                () -> new EncodeVerb(protocols, () -> bytes))),
                                new PrintWriter(outText),
                                new PrintWriter(errText))
                        .run(args);
        out = outText.toString();
        err = errText.toString();
        return code;
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void hexLinesAndBinaryAreToldApart() throws IOException {
        String hex = file("messages.hex", "41 42\n# a comment\n4331\n");
        assertThat(run("decode", "--protocol", "letters", hex)).isEqualTo(ExitCode.FAILED);
        assertThat(out)
                .isEqualTo(
                        """
                        {"letter":"A"}
                        {"letter":"B"}
                        {"letter":"C"}
                        {"error":"letters_other","line":3,"offset":1,"detail":"no letter"}
                        """);
        String binary = file("messages.bin", "Hi");
        assertThat(run("decode", "--protocol", "letters", binary)).isEqualTo(ExitCode.OK);
        assertThat(out).isEqualTo("{\"letter\":\"H\"}\n{\"letter\":\"i\"}\n");
        assertThat(run("decode", "--protocol=letters", "--input=binary", hex))
                .isEqualTo(ExitCode.FAILED);
        assertThat(out).startsWith("{\"error\":\"letters_other\",\"offset\":0,");
    }

    @Test
    void encodeIsTheInverse() throws IOException {
        String lines =
                file(
                        "messages.jsonl",
                        """
                        {"letter":"A"}

                        {"error":"letters_other","offset":1,"detail":"no letter"}
                        {"letter":7}
                        {"letter":"B"} 1
                        {"letter":"C"}
                        """);
        assertThat(run("encode", "--protocol", "letters", lines)).isEqualTo(ExitCode.FAILED);
        assertThat(out).isEqualTo("41\n43\n");
        assertThat(err)
                .contains("line 3: this is an error that 'decode' reported, no message")
                .contains("line 4: 'letter' is missing")
                .contains("line 5: no JSON");
        assertThat(
                        run(
                                "encode",
                                "--protocol",
                                "letters",
                                "--binary",
                                file("a", "{\"letter\":\"Z\"}")))
                .isEqualTo(ExitCode.OK);
        assertThat(bytes.toString(StandardCharsets.US_ASCII)).isEqualTo("Z");
        assertThat(out).isEmpty();
    }

    @Test
    void wrongWordsAreAnsweredWithTheRightOnes() throws IOException {
        assertThat(run("decode", "--protocol", "leters", "-")).isEqualTo(ExitCode.WRONG_WORDS);
        assertThat(err).contains("did you mean 'letters'?");
        assertThat(run("decode", "--protocol", "letters", folder.resolve("none").toString()))
                .isEqualTo(ExitCode.ENVIRONMENT);
    }

    /** The list that Main uses holds each protocol under its own name. */
    @Test
    void protocolsAreListedUnderTheirNames() {
        assertThat(Protocol.ALL).isNotEmpty();
        assertThat(Protocol.ALL)
                .allSatisfy(p -> assertThat(p.text().get().protocol()).isEqualTo(p.name()));
    }
}
