package org.roadloop.apply.model;

import org.roadloop.compute.serving.SocketServer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A model behind a socket (模型服务). Any thread.
 *
 * <pre>
 * GET  /health
 * GET  /model
 * POST /predict   {input: number, …} → {target: number}
 * </pre>
 */
public final class ModelServer implements SocketServer.Handler {
    private final Model model;

    public ModelServer(Model model) {
        this.model = model;
    }

    @Override
    public SocketServer.Reply answer(SocketServer.Asked asked) {
        return switch (asked.method() + " " + asked.path()) {
            case "GET /health" -> SocketServer.Reply.json(200, "{\"healthy\":true}");
            case "GET /model" -> SocketServer.Reply.json(200, model.toJson().toString());
            case "POST /predict" -> predict(asked.body());
            default -> refused(404, "nothing is there; ask GET /health, GET /model, POST /predict");
        };
    }

    private SocketServer.Reply predict(byte[] body) {
        JsonNode values;
        try {
            values = JsonMapper.shared().readTree(body);
        } catch (JacksonException e) {
            return refused(400, "the body is no JSON");
        }
        double[] inputs = new double[model.inputs().size()];
        for (int n = 0; n < inputs.length; n++) {
            JsonNode value = values.path(model.inputs().get(n));
            if (!value.isNumber()) {
                return refused(400, "'" + model.inputs().get(n) + "' is missing or no number");
            }
            inputs[n] = value.asDouble();
        }
        return SocketServer.Reply.json(
                200,
                JsonMapper.shared()
                        .createObjectNode()
                        .put(model.target(), model.predict(inputs))
                        .toString());
    }

    private static SocketServer.Reply refused(int status, String why) {
        return SocketServer.Reply.json(
                status, JsonMapper.shared().createObjectNode().put("error", why).toString());
    }
}
