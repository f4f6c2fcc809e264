package org.roadloop.app.tool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.collect.text.HexLines;
import org.roadloop.collect.text.MessageText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code roadloop encode}: JSON lines to messages (报文组装), the inverse of {@code decode}. */
@Command(
        description = {
            "Reads JSON objects as 'decode' prints them, one a line, and prints one hex line for"
                    + " each. A line that is no message is told on standard error and left out.",
            "Exit code 0: every line became a message; 1: there were others."
        },
        mixinStandardHelpOptions = true)
public final class EncodeVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Mixin MessageInput input = new MessageInput();

    @Option(names = "--binary", description = "Write the bytes themselves, not hex lines.")
    boolean binary;

    private final JsonMapper mapper =
            JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private final List<Protocol> protocols;
    private final Supplier<OutputStream> bytesOut;

    /**
     * @param bytesOut where {@code --binary} writes; asked for once, not closed
     */
    public EncodeVerb(List<Protocol> protocols, Supplier<OutputStream> bytesOut) {
        this.protocols = protocols;
        this.bytesOut = bytesOut;
    }

    @Override
    public Integer call() {
        MessageText text = input.text(protocols);
        PrintWriter out = spec.commandLine().getOut();
        long refused = 0;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(input.open(), StandardCharsets.UTF_8))) {
            OutputStream bytes = binary ? bytesOut.get() : OutputStream.nullOutputStream();
            long number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                byte[] message;
                try {
                    message = text.encode(object(line));
                } catch (IllegalArgumentException e) {
                    refused++;
                    spec.commandLine().getErr().println("line " + number + ": " + e.getMessage());
                    continue;
                }
                if (binary) {
                    bytes.write(message);
                } else {
                    out.print(HexLines.line(message));
                    out.print('\n');
                }
            }
            bytes.flush();
        } catch (IOException e) {
            throw input.unreadable(e);
        } finally {
            out.flush();
        }
        return refused == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    private ObjectNode object(String line) {
        try {
            if (mapper.readTree(line) instanceof ObjectNode object) {
                if (object.has("error")) {
                    throw new IllegalArgumentException(
                            "this is an error that 'decode' reported, no message");
                }
                return object;
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException("no JSON: " + e.getOriginalMessage(), e);
        }
        throw new IllegalArgumentException("not a JSON object");
    }
}
