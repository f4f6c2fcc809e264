package org.roadloop.dataspace.dcp;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The envelope that all messages share (消息封装): context and type. */
final class Messages {
    static final String CONTEXT = "https://w3id.org/dspace-dcp/v1.0/dcp.jsonld";

    /** A presentation with a hundred credentials; longer is no message of this protocol. */
    static final int MAX_BYTES = 512 * 1024;

    private Messages() {}

    static ObjectNode of(String type) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.putArray("@context").add(CONTEXT);
        return json.put("type", type);
    }

    /**
     * @throws DcpException 400 if the message is of another type or does not name the context
     */
    static void expect(JsonNode message, String type) {
        if (!message.path("type").asString("").equals(type)) {
            throw new DcpException(400, "type_unexpected", "a " + type + " is expected");
        }
        for (JsonNode context : message.path("@context")) {
            if (context.asString("").equals(CONTEXT)) {
                return;
            }
        }
        throw new DcpException(400, "context_missing", "@context must name " + CONTEXT);
    }

    /**
     * @throws DcpException 400 if it is absent, empty or no string
     */
    static String text(JsonNode message, String member) {
        JsonNode value = message.path(member);
        if (!value.isString() || value.asString().isEmpty() || value.asString().length() > 2048) {
            throw new DcpException(
                    400, "member_invalid", "/" + member + " must be a string of 1 to 2048");
        }
        return value.asString();
    }
}
