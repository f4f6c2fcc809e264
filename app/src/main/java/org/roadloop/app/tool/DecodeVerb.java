package org.roadloop.app.tool;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.roadloop.app.cli.ExitCode;
import org.roadloop.collect.text.HexLines;
import org.roadloop.collect.text.MessageText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code roadloop decode}: binary messages as JSON lines (报文解析). In process, without a server. */
@Command(
        description = {
            "Prints one JSON object per message of a file or of standard input, and one with"
                    + " 'error', 'offset' and 'detail' per thing that is no message.",
            "Exit code 0: everything was read; 1: there were errors, all else was printed."
        },
        mixinStandardHelpOptions = true)
public final class DecodeVerb implements Callable<Integer> {
    @Spec CommandSpec spec = CommandSpec.create();

    @Mixin MessageInput input = new MessageInput();

    @Option(
            names = "--input",
            paramLabel = "FORM",
            description = "hex (one input per line) or binary; default: detected.")
    InputForm form = InputForm.detected;

    private final List<Protocol> protocols;

    /** The words of {@code --input}. */
    enum InputForm {
        detected,
        hex,
        binary
    }

    public DecodeVerb(List<Protocol> protocols) {
        this.protocols = protocols;
    }

    @Override
    public Integer call() {
        MessageText text = input.text(protocols);
        Printer printer = new Printer(spec.commandLine().getOut());
        try (BufferedInputStream in = input.open()) {
            boolean hex =
                    switch (form) {
                        case hex -> true;
                        case binary -> false;
                        case detected -> HexLines.startsWithHex(in);
                    };
            if (hex) {
                HexLines.decode(in, text::decode, printer, printer);
            } else {
                text.decode(in, printer);
            }
        } catch (IOException e) {
            throw input.unreadable(e);
        } finally {
            printer.out.flush();
        }
        if (printer.errors == 0 && printer.messages == 0) {
            spec.commandLine().getErr().println("roadloop decode: there is nothing to decode");
        }
        return printer.errors == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    /** One line per thing found. */
    private static final class Printer implements MessageText.Sink, HexLines.LineListener {
        private final JsonMapper mapper = JsonMapper.builder().build();
        private final PrintWriter out;
        private long errors;
        private long messages;
        private long line;

        Printer(PrintWriter out) {
            this.out = out;
        }

        @Override
        public void line(long number) {
            line = number;
        }

        @Override
        public void message(ObjectNode message) {
            messages++;
            print(message);
        }

        @Override
        public void error(long offset, String reason, String detail) {
            errors++;
            ObjectNode error = mapper.createObjectNode();
            error.put("error", reason);
            if (line > 0) {
                error.put("line", line);
            }
            print(error.put("offset", offset).put("detail", detail));
        }

        /** Not println: that would flush each line. */
        private void print(ObjectNode object) {
            out.print(mapper.writeValueAsString(object));
            out.print('\n');
        }
    }
}
