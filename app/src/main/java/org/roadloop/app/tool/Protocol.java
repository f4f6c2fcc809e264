package org.roadloop.app.tool;

import java.util.List;
import java.util.function.Supplier;
import org.roadloop.app.cli.CliException;
import org.roadloop.app.cli.Nearest;
import org.roadloop.collect.gb32960.text.Gb32960Text;
import org.roadloop.collect.jt808.Jt808Text;
import org.roadloop.collect.mcap.McapText;
import org.roadloop.collect.text.MessageText;
import org.roadloop.collect.v2x.day1.V2xText;
import org.roadloop.collect.v2x.j2735.J2735Text;

/**
 * A protocol that {@code decode} and {@code encode} know; its classes are loaded when it is named.
 *
 * @param name as {@link MessageText#protocol} says it
 */
public record Protocol(String name, Supplier<MessageText> text) {
    /** Every protocol, in the order of the help. */
    public static final List<Protocol> ALL =
            List.of(
                    new Protocol("gb32960", Gb32960Text::new),
                    new Protocol("jt808", Jt808Text::new),
                    new Protocol("v2x", V2xText::new),
                    new Protocol("j2735", J2735Text::new),
                    new Protocol(McapText.PROTOCOL, McapText::new));

    static MessageText named(List<Protocol> known, String name) {
        for (Protocol protocol : known) {
            if (protocol.name().equals(name)) {
                return protocol.text().get();
            }
        }
        List<String> names = known.stream().map(Protocol::name).toList();
        throw CliException.wrongWords(
                "no protocol '%s'; %s"
                        .formatted(
                                name,
                                Nearest.word(name, names)
                                        .map(word -> "did you mean '" + word + "'?")
                                        .orElse("protocols are " + String.join(", ", names))));
    }
}
