package org.roadloop.app.part;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.roadloop.collect.gateway.TerminalOrder;
import org.roadloop.collect.gb32960.Frame;
import org.roadloop.collect.gb32960.ParameterQuery;
import org.roadloop.collect.gb32960.ParameterSetting;
import org.roadloop.collect.gb32960.ParameterValue;
import org.roadloop.collect.gb32960.TerminalControl;
import org.roadloop.collect.gb32960.TerminalParameter;
import org.roadloop.collect.jt808.Bytes;
import org.roadloop.collect.jt808.CommandMessage;
import org.roadloop.collect.jt808.Message;
import org.roadloop.collect.jt808.Parameter;
import org.roadloop.collect.jt808.PositionMessage;
import tools.jackson.databind.JsonNode;

/**
 * Bodies of orders to messages of the two protocols (指令报文). All throw {@link
 * IllegalArgumentException} or Jackson's exception for what is no order.
 */
final class CommandBodies {
    /** Ids, values and texts of one order; more is refused before it is written. */
    private static final int MOST_PARAMETER_BYTES = 4096;

    private static final int MOST_PARAMETERS = 64;

    private CommandBodies() {}

    static Message jt808(String kind, JsonNode body) {
        return switch (kind) {
            case "position" -> new PositionMessage.PositionQuery();
            case "tracking" ->
                    new PositionMessage.Tracking(
                            body.required("intervalSeconds").asInt(),
                            body.has("validSeconds")
                                    ? (Long) body.required("validSeconds").asLong()
                                    : null);
            case "text" ->
                    new CommandMessage.TextMessage(
                            body.path("flags").asInt(1),
                            body.has("kind") ? (Integer) body.required("kind").asInt() : null,
                            bounded(body.required("text").asString()));
            case "control" ->
                    new CommandMessage.TerminalControl(
                            body.required("action").asInt(),
                            bounded(body.path("arguments").asString("")));
            case "parameters" ->
                    body.has("ids")
                            ? new CommandMessage.ParameterSelection(
                                    values(body, "ids").stream().map(JsonNode::asLong).toList())
                            : new CommandMessage.ParameterQuery();
            case "set-parameters" ->
                    new CommandMessage.ParameterSetting(
                            values(body, "parameters").stream()
                                    .map(
                                            item ->
                                                    Parameter.ofBytes(
                                                            item.required("id").asLong(),
                                                            Bytes.ofHex(hex(item))))
                                    .toList());
            default -> throw new IllegalArgumentException("no such command");
        };
    }

    static TerminalOrder gb32960(String kind, JsonNode body) {
        return switch (kind) {
            case "parameters" -> {
                List<TerminalParameter> asked =
                        values(body, "ids").stream()
                                .map(
                                        id ->
                                                TerminalParameter.find(id.asInt())
                                                        .orElseThrow(
                                                                () ->
                                                                        new IllegalArgumentException(
                                                                                "no such parameter")))
                                .toList();
                yield (edition, vin, at) -> {
                    byte[] out = room();
                    return Arrays.copyOf(
                            out, ParameterQuery.write(edition, out, 0, vin, at, asked));
                };
            }
            case "set-parameters" -> {
                List<ParameterValue> set =
                        values(body, "parameters").stream()
                                .map(
                                        item ->
                                                new ParameterValue(
                                                        item.required("id").asInt(),
                                                        HexFormat.of().parseHex(hex(item))))
                                .toList();
                if (set.stream().mapToInt(p -> 1 + p.value().length).sum() > MOST_PARAMETER_BYTES) {
                    throw new IllegalArgumentException("too many bytes");
                }
                yield (edition, vin, at) -> {
                    byte[] out = room();
                    return Arrays.copyOf(
                            out, ParameterSetting.write(edition, out, 0, vin, at, set));
                };
            }
            case "control" -> {
                TerminalControl.Action action =
                        TerminalControl.Action.find(body.required("action").asInt())
                                .orElseThrow(() -> new IllegalArgumentException("no such action"));
                byte[] arguments =
                        bounded(body.path("arguments").asString(""))
                                .getBytes(StandardCharsets.ISO_8859_1);
                yield (edition, vin, at) -> {
                    byte[] out = room();
                    return Arrays.copyOf(
                            out,
                            TerminalControl.write(edition, out, 0, vin, at, action, arguments));
                };
            }
            default -> throw new IllegalArgumentException("no such command");
        };
    }

    private static byte[] room() {
        return new byte[Frame.SMALLEST_BYTES + 7 + MOST_PARAMETER_BYTES];
    }

    private static List<JsonNode> values(JsonNode body, String member) {
        List<JsonNode> values = new ArrayList<>(body.required(member).values());
        if (values.isEmpty() || values.size() > MOST_PARAMETERS) {
            throw new IllegalArgumentException("1 to 64 parameters");
        }
        return values;
    }

    private static String hex(JsonNode item) {
        return bounded(item.required("hex").asString());
    }

    private static String bounded(String text) {
        if (text.length() > MOST_PARAMETER_BYTES) {
            throw new IllegalArgumentException("too long");
        }
        return text;
    }
}
