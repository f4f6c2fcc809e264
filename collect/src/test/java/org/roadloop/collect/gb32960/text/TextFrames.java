package org.roadloop.collect.gb32960.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.roadloop.collect.text.MessageText;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Frames through the text form, as the command line does it: over the characters of the JSON. */
final class TextFrames {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private TextFrames() {}

    static ObjectNode decodeOne(String hex) {
        List<Object> found = decode(HexFormat.of().parseHex(hex));
        assertThat(found).hasSize(1);
        assertThat(found.getFirst()).isInstanceOf(ObjectNode.class);
        return (ObjectNode) found.getFirst();
    }

    static String encode(ObjectNode message) {
        ObjectNode read = (ObjectNode) JSON.readTree(JSON.writeValueAsString(message));
        return HexFormat.of().formatHex(new Gb32960Text().encode(read));
    }

    static ObjectNode object(String json) {
        return (ObjectNode) JSON.readTree(json);
    }

    /** Messages as objects, errors as "offset reason". */
    static List<Object> decode(byte[] bytes) {
        List<Object> found = new ArrayList<>();
        try {
            new Gb32960Text()
                    .decode(
                            new ByteArrayInputStream(bytes),
                            new MessageText.Sink() {
                                @Override
                                public void message(ObjectNode message) {
                                    found.add(message);
                                }

                                @Override
                                public void error(long offset, String reason, String detail) {
                                    found.add(offset + " " + reason);
                                }
                            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }
}
