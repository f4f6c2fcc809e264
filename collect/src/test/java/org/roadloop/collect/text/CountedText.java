package org.roadloop.collect.text;

import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A protocol of a byte of length and so many bytes, to test what every protocol needs. */
final class CountedText implements MessageText {
    @Override
    public String protocol() {
        return "counted";
    }

    @Override
    public void decode(InputStream in, Sink out) throws IOException {
        long offset = 0;
        for (int length = in.read(); length >= 0; length = in.read()) {
            byte[] body = in.readNBytes(length);
            if (body.length < length) {
                out.error(offset, "counted_short", "the message is cut");
                return;
            }
            out.message(
                    JsonMapper.shared()
                            .createObjectNode()
                            .put("message", "Counted")
                            .put("bodyHex", HexFormat.of().formatHex(body)));
            offset += 1 + length;
        }
    }

    @Override
    public byte[] encode(ObjectNode message) {
        byte[] body = HexFormat.of().parseHex(message.path("bodyHex").asString());
        byte[] all = new byte[body.length + 1];
        all[0] = (byte) body.length;
        System.arraycopy(body, 0, all, 1, body.length);
        return all;
    }
}
