package org.roadloop.compute.site.slurm;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.roadloop.compute.site.SiteException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A controller behind slurmrestd with JSON web tokens (REST 接口). Which version it speaks and which
 * words it knows is read from its own {@code /openapi/v3}; the oldest it offers from v0.0.38 on is
 * used. Seen to work with v0.0.38 of Slurm 22.05; later ones are spoken as they describe
 * themselves.
 */
final class SlurmRest implements SlurmLink {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Pattern SUBMIT = Pattern.compile("/slurm/v0\\.0\\.([0-9]+)/job/submit/?");
    private static final int OLDEST = 38;

    /** Numbers below are about reaching the controller, from here on it has answered. */
    private static final int FIRST_OF_CONTROLLER = 2000;

    /**
     * Nodes are not there now, for example until they have found a restarted controller: the job
     * may be in the queue all the same, so its key is looked up.
     */
    private static final int NODES_NOT_AVAILABLE = 2068;

    /**
     * What the service says about itself.
     *
     * @param version {@code v0.0.38}
     * @param job properties of a job by name, with their schemas
     */
    private record Dialect(String version, Map<String, JsonNode> job) {
        boolean knows(String property) {
            return job.containsKey(property);
        }

        boolean plain(String property, String type) {
            JsonNode schema = job.get(property);
            return schema == null || schema.path("type").asString("").equals(type);
        }
    }

    private final URI url;
    private final SlurmSettings.Tokens tokens;
    private final String user;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1) // it trips over an offer to upgrade
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();
    private volatile @Nullable Dialect dialect;

    /**
     * @param user who asks where a call is about no user's job
     */
    SlurmRest(URI url, SlurmSettings.Tokens tokens, String user) {
        this.url = url;
        this.tokens = tokens;
        this.user = user;
    }

    @Override
    public Cluster probe() throws InterruptedException {
        dialect = null;
        Dialect spoken = dialect();
        JsonNode ping = get("/ping", user);
        JsonNode partitions = get("/partitions", user);
        JsonNode nodes = get("/nodes", user);
        JsonNode meta = ping.path("meta");
        String release =
                meta.path("Slurm")
                        .path("release")
                        .asString(meta.path("slurm").path("release").asString("?"));
        return new Cluster(
                release + " (" + spoken.version() + ")",
                SlurmJson.partitions(partitions),
                SlurmJson.nodes(nodes),
                Map.of(),
                spoken.knows("required_switches"));
    }

    @Override
    public long submit(JobRequest request) throws InterruptedException {
        Dialect spoken = dialect();
        ObjectNode body = JsonMapper.shared().createObjectNode();
        ObjectNode job = body.putObject("job");
        job.put("name", request.name()).put("comment", request.comment());
        job.put("partition", request.partition());
        if (!request.account().isEmpty()) {
            job.put("account", request.account());
        }
        int nodes = request.gang().nodes();
        if (spoken.plain("nodes", "array")) {
            job.put("nodes", nodes);
        } else {
            job.put("nodes", Integer.toString(nodes));
        }
        job.put("tasks", nodes);
        if (nodes > 1) {
            job.put("tasks_per_node", 1);
        }
        job.put("cpus_per_task", request.cpusPerNode());
        number(job, spoken, "memory_per_node", request.megabytesPerNode());
        number(job, spoken, "time_limit", request.timeLimitMinutes());
        if (!request.gres().isEmpty()) {
            if (spoken.knows("gres")) {
                job.put("gres", request.gres());
            } else {
                job.put("tres_per_node", "gres/" + request.gres());
            }
        }
        if (request.switches() > 0 && spoken.knows("required_switches")) {
            number(job, spoken, "required_switches", request.switches());
            number(job, spoken, "wait_for_switch", JobRequest.SWITCH_WAIT_MINUTES * 60L);
        } else if (!request.nodeList().isEmpty()) {
            job.put("nodelist", String.join(",", request.nodeList()));
        }
        job.put("requeue", false); // who tries again is the platform
        job.put("current_working_directory", request.folder().toString());
        job.put("standard_output", "/dev/null").put("standard_error", "/dev/null");
        if (spoken.plain("environment", "object")) {
            job.putObject("environment").put("PATH", "/usr/bin:/bin");
        } else {
            job.putArray("environment").add("PATH=/usr/bin:/bin");
        }
        if (spoken.knows("script")) {
            job.put("script", request.script());
        } else {
            body.put("script", request.script());
        }
        JsonNode answer = send("POST", "/job/submit", body, request.user());
        long id = SlurmJson.number(answer.path("job_id"), 0);
        if (id <= 0) {
            throw SiteException.unreachable("Slurm at " + url + " took a job and told no id");
        }
        return id;
    }

    private static void number(ObjectNode job, Dialect spoken, String name, long value) {
        if (spoken.plain(name, "integer")) {
            job.put(name, value);
        } else {
            job.putObject(name).put("set", true).put("infinite", false).put("number", value);
        }
    }

    @Override
    public List<JobStatus> named(String name, String asUser) throws InterruptedException {
        return get("/jobs", asUser)
                .path("jobs")
                .valueStream()
                .filter(j -> j.path("name").asString("").equals(name))
                .map(SlurmJson::job)
                .sorted(Comparator.comparingLong(JobStatus::id))
                .toList();
    }

    @Override
    public Optional<JobStatus> find(long job, String asUser) throws InterruptedException {
        JsonNode answer = send("GET", "/job/" + job, null, asUser);
        return answer.path("jobs").valueStream().map(SlurmJson::job).findFirst();
    }

    @Override
    public void cancel(long job, String asUser) throws InterruptedException {
        send("DELETE", "/job/" + job, null, asUser);
    }

    private JsonNode get(String path, String asUser) throws InterruptedException {
        return send("GET", path, null, asUser);
    }

    /** Answers an object without jobs for a job that Slurm does not know. */
    private JsonNode send(String method, String path, @Nullable JsonNode body, String asUser)
            throws InterruptedException {
        HttpResponse<String> response =
                exchange(method, "/slurm/" + dialect().version() + path, body, asUser);
        JsonNode answer;
        try {
            answer = JsonMapper.shared().readTree(response.body());
        } catch (JacksonException e) {
            answer = JsonMapper.shared().createObjectNode();
        }
        JsonNode errors = answer.path("errors");
        if (response.statusCode() == 401) {
            throw SiteException.unreachable(
                    "Slurm at %s wants a token for user %s".formatted(url, asUser));
        }
        if (errors.isEmpty() && response.statusCode() / 100 == 2) {
            return answer;
        }
        JsonNode error = errors.path(0);
        // a refused submission tells its number under another name than everything else
        int number =
                (int)
                        SlurmJson.number(
                                error.path("error_number"),
                                SlurmJson.number(error.path("error_code"), 0));
        if (number == SlurmJson.UNKNOWN_JOB) {
            return JsonMapper.shared().createObjectNode();
        }
        String said =
                error.path("description").asString(error.path("error").asString(""))
                        + (number == 0 ? "" : " (" + number + ")");
        if (number == NODES_NOT_AVAILABLE) {
            throw SiteException.unreachable("Slurm at %s: %s".formatted(url, said));
        }
        if (number >= FIRST_OF_CONTROLLER || said.contains("key:") || said.contains("key \"")) {
            throw SiteException.refused(
                    "Slurm at %s says no to user %s: %s".formatted(url, asUser, said));
        }
        throw SiteException.unreachable(
                "Slurm at %s answers %d: %s; either its controller is down or the token of user %s is"
                                .formatted(url, response.statusCode(), said, asUser)
                        + " not valid any more ('scontrol token' makes one)");
    }

    private HttpResponse<String> exchange(
            String method, String path, @Nullable JsonNode body, String asUser)
            throws InterruptedException {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(url.toString().replaceAll("/+$", "") + path))
                            .timeout(TIMEOUT)
                            .header("X-SLURM-USER-NAME", asUser)
                            .header("X-SLURM-USER-TOKEN", tokens.of(asUser));
            if (body == null) {
                request.method(method, HttpRequest.BodyPublishers.noBody());
            } else {
                request.header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body.toString()));
            }
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw SiteException.unreachable(
                    "no answer from Slurm at %s: %s".formatted(url, e.getMessage()));
        } catch (IllegalArgumentException e) {
            // the message would quote the header's value
            throw SiteException.unreachable(
                    "the token of user %s for Slurm at %s is not one line of letters"
                            .formatted(asUser, url));
        }
    }

    private Dialect dialect() throws InterruptedException {
        Dialect known = dialect;
        if (known != null) {
            return known;
        }
        HttpResponse<String> response = exchange("GET", "/openapi/v3", null, user);
        if (response.statusCode() / 100 != 2) {
            throw SiteException.unreachable(
                    "Slurm at %s answers %d to /openapi/v3".formatted(url, response.statusCode()));
        }
        Dialect found = dialect(url, response.body());
        dialect = found;
        return found;
    }

    private static Dialect dialect(URI url, String openapi) {
        JsonNode all;
        try {
            all = JsonMapper.shared().readTree(openapi);
        } catch (JacksonException e) {
            throw SiteException.unreachable(
                    "what Slurm at " + url + " answers to /openapi/v3 is no JSON");
        }
        int version = Integer.MAX_VALUE;
        for (String path : Set.copyOf(all.path("paths").propertyNames())) {
            Matcher submit = SUBMIT.matcher(path);
            if (submit.matches() && Integer.parseInt(submit.group(1)) >= OLDEST) {
                version = Math.min(version, Integer.parseInt(submit.group(1)));
            }
        }
        if (version == Integer.MAX_VALUE) {
            throw SiteException.refused(
                    "Slurm at %s offers no job submission of v0.0.%d or later"
                            .formatted(url, OLDEST));
        }
        String name = "v0.0." + version;
        JsonNode schemas = all.path("components").path("schemas");
        JsonNode job = schemas.path(name + "_job_properties");
        if (job.isMissingNode()) {
            job = schemas.path(name + "_job_desc_msg");
        }
        Map<String, JsonNode> properties = new HashMap<>();
        job.path("properties").properties().forEach(e -> properties.put(e.getKey(), e.getValue()));
        return new Dialect(name, Map.copyOf(properties));
    }
}
