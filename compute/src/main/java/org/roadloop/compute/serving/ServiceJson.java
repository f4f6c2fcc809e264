package org.roadloop.compute.serving;

import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A service as clients see it (服务状态). */
final class ServiceJson {
    static final int LOG_BYTES = 2048;

    private ServiceJson() {}

    static ObjectNode brief(Service s, Optional<ServiceRun> run, Instant now) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("name", s.name()).put("state", state(s, run));
        json.put("serving", s.serving()).put("wanted", s.wanted());
        Optional<ServiceInstance> serves = run.flatMap(ServiceRun::findCurrent);
        serves.ifPresent(
                i -> {
                    json.put("site", i.seat.site().capabilities().id());
                    if (i.seat.boundNanos() > 0) {
                        json.put("delayBoundMicros", i.seat.boundNanos() / 1e3);
                    }
                });
        ServiceKeeper.modelAge(s, now)
                .ifPresent(age -> json.put("modelAgeSeconds", age.toMillis() / 1e3));
        json.put("endpoint", endpoint(s.name()));
        return json;
    }

    /** Path of its calls. */
    static String endpoint(String name) {
        return "/api/v1/services/" + name + "/call/";
    }

    /** With versions, reasons, and of the operator's own the last lines of its streams. */
    static ObjectNode full(Service s, Optional<ServiceRun> run, Instant now) {
        ObjectNode json = brief(s, run, now);
        json.put("former", s.former()).put("starts", s.starts());
        json.put("actor", s.actor()).put("agreement", s.agreement());
        json.put("createdAt", s.createdAt().toString());
        String reason = !s.ended().isEmpty() ? s.ended() : s.failure();
        json.put("reason", reason.isEmpty() ? run.map(ServiceRun::trouble).orElse("") : reason);
        ObjectNode faults = json.putObject("faults");
        s.faults().forEach(faults::put);
        Service.Training training = s.training();
        if (training != null) {
            json.put("trainingTask", training.task());
        }
        ArrayNode versions = json.putArray("versions");
        for (Service.Version v : s.versions()) {
            ObjectNode version = versions.addObject();
            version.put("version", v.number()).put("at", v.at().toString()).put("by", v.by());
            version.put("rejected", v.rejected());
            if (!v.task().isEmpty()) {
                version.put("task", v.task());
            }
            Instant through = v.trainedThrough();
            if (through != null) {
                version.put("trainedThrough", through.toString());
            }
        }
        run.flatMap(ServiceRun::findCurrent)
                .ifPresent(i -> i.seat.reasons().forEach(json.putArray("placement")::add));
        if (s.agreement().isEmpty()) {
            run.ifPresent(r -> json.put("log", r.output()));
        }
        return json;
    }

    private static String state(Service s, Optional<ServiceRun> run) {
        if (s.isEnded()) {
            return "ENDED";
        }
        if (!s.failure().isEmpty()) {
            return "FAILED";
        }
        Optional<ServiceInstance> answers =
                run.flatMap(ServiceRun::findCurrent).filter(ServiceInstance::isHealthy);
        if (answers.isEmpty()) {
            return "STARTING";
        }
        // the traffic follows a moment after the record of it
        if (s.wanted() != s.serving() || answers.get().version != s.serving()) {
            return "ROLLING_OUT";
        }
        return run.map(ServiceRun::isWatching).orElse(false) ? "WATCHED" : "SERVING";
    }
}
