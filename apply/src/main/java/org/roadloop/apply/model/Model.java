package org.roadloop.apply.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a service can answer with (可服务模型): numbers in, a number out. Any thread. */
public sealed interface Model permits LinearModel {
    /** Names of the inputs, in their order. */
    List<String> inputs();

    /** What it predicts. */
    String target();

    /** As it is kept and shown. */
    JsonNode toJson();

    /**
     * @param values in the order of {@link #inputs}
     */
    double predict(double[] values);

    /**
     * Reads a model file; its member {@code kind} says what it is.
     *
     * @throws IllegalArgumentException if it is of no kind that is known here
     */
    static Model read(Path file) throws IOException {
        JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(file));
        String kind = json.path("kind").asString("");
        if (!kind.equals(LinearModel.KIND)) {
            throw new IllegalArgumentException(
                    "%s is a model of kind '%s'; known is %s"
                            .formatted(file.getFileName(), kind, LinearModel.KIND));
        }
        return LinearModel.of(json);
    }
}
