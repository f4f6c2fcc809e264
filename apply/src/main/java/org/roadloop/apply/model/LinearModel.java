package org.roadloop.apply.model;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A linear model (线性模型): intercept + Σ coefficient · input. Without inputs it is the mean.
 *
 * @param rows it was fitted to
 * @param residual root of the mean squared difference on these rows, in the target's unit
 */
public record LinearModel(
        String target,
        List<String> inputs,
        List<Double> coefficients,
        double intercept,
        long rows,
        double residual)
        implements Model {
    static final String KIND = "linear";

    public LinearModel {
        inputs = List.copyOf(inputs);
        coefficients = List.copyOf(coefficients);
        if (inputs.size() != coefficients.size()) {
            throw new IllegalArgumentException("one coefficient for each input");
        }
    }

    static LinearModel of(JsonNode json) {
        List<String> inputs = new ArrayList<>();
        List<Double> coefficients = new ArrayList<>();
        for (JsonNode input : json.required("inputs")) {
            inputs.add(input.required("name").asString());
            coefficients.add(input.required("coefficient").asDouble());
        }
        return new LinearModel(
                json.required("target").asString(),
                inputs,
                coefficients,
                json.required("intercept").asDouble(),
                json.required("rows").asLong(),
                json.required("residual").asDouble());
    }

    @Override
    public ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("kind", KIND).put("target", target).put("intercept", intercept);
        ArrayNode all = json.putArray("inputs");
        for (int n = 0; n < inputs.size(); n++) {
            all.addObject().put("name", inputs.get(n)).put("coefficient", coefficients.get(n));
        }
        return json.put("rows", rows).put("residual", residual);
    }

    @Override
    public double predict(double[] values) {
        double sum = intercept;
        for (int n = 0; n < values.length; n++) {
            sum += coefficients.get(n) * values[n];
        }
        return sum;
    }
}
