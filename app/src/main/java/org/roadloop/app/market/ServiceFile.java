package org.roadloop.app.market;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.roadloop.app.cli.CliException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A service as a file (服务文件): the request of {@code POST /api/v1/services}, or short, with the keys
 * of a {@link TaskFile} beside {@code health}, {@code rollout}, {@code calls}, {@code edge} and
 * {@code refresh}. Its keys are in docs/compute.md.
 */
final class ServiceFile {
    private static final List<String> GROUPS =
            List.of("health", "rollout", "calls", "edge", "refresh");

    private ServiceFile() {}

    static ObjectNode read(Path file) throws IOException {
        ObjectNode given = TaskFile.object(file);
        ObjectNode service = JsonMapper.shared().createObjectNode();
        if (given.has("task")) {
            service.setAll(given);
        } else {
            ObjectNode task = given.deepCopy();
            task.remove(GROUPS);
            service.set("name", given.path("name"));
            service.set("task", TaskFile.task(task, file));
            GROUPS.stream().filter(given::has).forEach(key -> service.set(key, given.get(key)));
        }
        if (!service.path("name").isString()) {
            throw CliException.wrongWords(file + " has no 'name': what is the service called?");
        }
        JsonNode training = service.at("/refresh/task");
        if (training instanceof ObjectNode task) {
            ((ObjectNode) service.required("refresh")).set("task", TaskFile.task(task, file));
        }
        return service;
    }
}
