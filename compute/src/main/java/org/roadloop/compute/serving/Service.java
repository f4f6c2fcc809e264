package org.roadloop.compute.serving;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.Event;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A service as the ledger tells it (服务). {@link #on} is pure.
 *
 * @param actor who owns it
 * @param agreement empty for the operator's own
 * @param serving version with the traffic, 0 for none
 * @param wanted version that shall have it
 * @param former version that had it before, 0 for none
 * @param failure why nothing serves, empty while something shall
 * @param ended why it is no more, empty while it is
 * @param endedCause of that, short and stable, empty where the log does not tell
 * @param debited its one {@code use} of the agreement
 * @param starts of processes so far
 * @param faults deaths since the last change of version, by cause
 * @param open what runs or ran when the platform died: key → booking
 * @param training under way
 * @param trained the last that was begun
 */
public record Service(
        String name,
        String actor,
        String agreement,
        String purpose,
        Instant createdAt,
        List<Version> versions,
        int serving,
        int wanted,
        int former,
        String failure,
        String ended,
        String endedCause,
        boolean debited,
        long starts,
        Map<String, Integer> faults,
        Map<String, String> open,
        @Nullable Training training,
        @Nullable Training trained) {
    /** Older ones that nobody can go back to are left to the ledger. */
    private static final int KEPT_VERSIONS = 20;

    /**
     * @param by whom: a DID, or {@code refresh}
     * @param spec request as JSON, UTF-8
     * @param trainedThrough event time of the newest row that its model has seen, if known
     * @param rejected why it was rolled back, empty for not
     * @param cause of that, short and stable: a {@link Fault#cause}, {@link ServiceBook#BY_HAND},
     *     {@link ServiceBook#NO_SITE}, or {@link ServiceBook#REFRESH} for a model made anew that
     *     never served
     * @param task that it came as, empty for none; what refreshes its model goes on under it
     */
    public record Version(
            int number,
            Instant at,
            String by,
            byte[] spec,
            @Nullable Instant trainedThrough,
            String rejected,
            String cause,
            String task) {
        public ServiceSpec parsed() {
            return ServiceSpec.parse(JsonMapper.shared().readTree(spec));
        }

        Version rejected(String reason, String why) {
            return new Version(number, at, by, spec, trainedThrough, reason, why, task);
        }
    }

    /**
     * @param newest event time of the newest row in it, if known
     */
    public record Training(
            String task, long snapshot, long rows, @Nullable Instant newest, Instant at) {}

    public Service {
        versions = List.copyOf(versions);
        faults = Map.copyOf(faults);
        open = Map.copyOf(open);
    }

    public boolean isEnded() {
        return !ended.isEmpty();
    }

    public Optional<Version> find(int number) {
        return versions.stream().filter(v -> v.number() == number).findFirst();
    }

    int nextVersion() {
        return versions.stream().mapToInt(Version::number).max().orElse(0) + 1;
    }

    /** The next state; null while nothing is known of it, or what it was is erased. */
    static @Nullable Service on(@Nullable Service s, String name, Event event) {
        if (event.type().equals(ServiceBook.APPLIED)) {
            return event.body() instanceof Event.Payload payload
                    ? applied(s, name, event, JsonMapper.shared().readTree(payload.bytes()))
                    : s;
        }
        if (s == null || event.body() instanceof Event.Erased) {
            return s;
        }
        JsonNode body = event.json();
        int version = body.path("version").asInt(0);
        Change c = new Change(s);
        switch (event.type()) {
            case ServiceBook.STARTED -> {
                c.starts++;
                c.debited |= body.path("use").asBoolean(false);
                c.open.put(body.required("key").asString(), body.required("hold").asString());
            }
            case ServiceBook.SWITCHED -> {
                c.former = s.serving == version ? s.former : s.serving;
                c.serving = version;
                c.wanted = version;
                c.accept(version);
                c.failure = "";
                c.faults.clear();
            }
            case ServiceBook.ROLLED_BACK -> {
                c.reject(version, body);
                int to = body.required("to").asInt();
                // a version that was applied meanwhile is rolled out all the same
                c.wanted = c.wanted == version ? to : c.wanted;
                c.failure = "";
                c.faults.clear();
                if (body.required("traffic").asBoolean()) {
                    c.serving = to;
                    c.former = 0;
                    c.accept(to);
                }
            }
            case ServiceBook.DIED -> {
                c.open.remove(body.required("key").asString());
                c.faults.put(body.required("cause").asString(), body.required("attempts").asInt());
            }
            case ServiceBook.FAILED -> {
                c.reject(version, body);
                c.failure = body.required("reason").asString();
                c.serving = 0;
                c.wanted = 0;
            }
            case ServiceBook.LEFT -> c.former = c.former == version ? 0 : c.former;
            case ServiceBook.METERED -> {
                if (body.path("last").asBoolean(false)) {
                    c.open.remove(body.required("key").asString());
                }
            }
            case ServiceBook.TRAINING -> {
                String newest = body.path("newest").asString("");
                c.training =
                        new Training(
                                body.required("task").asString(),
                                Long.parseLong(body.required("snapshot").asString()),
                                body.required("rows").asLong(),
                                newest.isEmpty() ? null : Instant.parse(newest),
                                event.at());
                c.trained = c.training;
            }
            case ServiceBook.TRAINED -> c.training = null;
            case ServiceBook.ENDED -> {
                c.ended = body.required("reason").asString();
                c.endedCause = body.path("cause").asString("");
                c.open.clear();
                c.training = null;
            }
            default -> {
                // an event of a later version
            }
        }
        return c.done();
    }

    private static Service applied(@Nullable Service s, String name, Event event, JsonNode body) {
        Change c =
                s != null && !s.isEnded()
                        ? new Change(s)
                        : new Change(
                                new Service(
                                        name,
                                        body.required("actor").asString(),
                                        body.required("agreement").asString(),
                                        body.required("purpose").asString(),
                                        event.at(),
                                        s == null ? List.of() : s.versions,
                                        0,
                                        0,
                                        0,
                                        "",
                                        "",
                                        "",
                                        false,
                                        s == null ? 0 : s.starts,
                                        Map.of(),
                                        Map.of(),
                                        null,
                                        null));
        String trained = body.path("trainedThrough").asString("");
        int number = body.required("version").asInt();
        c.versions.add(
                new Version(
                        number,
                        event.at(),
                        body.required("by").asString(),
                        JsonMapper.shared().writeValueAsBytes(body.required("spec")),
                        trained.isEmpty() ? null : Instant.parse(trained),
                        "",
                        "",
                        body.path("task").asString("")));
        c.wanted = number;
        c.failure = "";
        c.faults.clear();
        if (body.required("by").asString().equals(ServiceBook.REFRESH)) {
            c.training = null; // this is what it led to
        }
        return c.done();
    }

    /** What changes, before it is a state again. */
    private static final class Change {
        private final Service from;
        private final List<Version> versions;
        private final Map<String, Integer> faults;
        private final Map<String, String> open;
        private int serving;
        private int wanted;
        private int former;
        private String failure;
        private String ended;
        private String endedCause;
        private boolean debited;
        private long starts;
        private @Nullable Training training;
        private @Nullable Training trained;

        Change(Service from) {
            this.from = from;
            versions = new ArrayList<>(from.versions);
            faults = new HashMap<>(from.faults);
            open = new HashMap<>(from.open);
            serving = from.serving;
            wanted = from.wanted;
            former = from.former;
            failure = from.failure;
            ended = from.ended;
            endedCause = from.endedCause;
            debited = from.debited;
            starts = from.starts;
            training = from.training;
            trained = from.trained;
        }

        void reject(int version, JsonNode body) {
            String reason = body.required("reason").asString();
            String cause = body.path("cause").asString("");
            boolean served = body.path("traffic").asBoolean(true);
            versions.replaceAll(
                    v ->
                            v.number() != version
                                    ? v
                                    : v.rejected(
                                            reason,
                                            !served && v.by().equals(ServiceBook.REFRESH)
                                                    ? ServiceBook.REFRESH
                                                    : cause));
        }

        /** What serves is not rejected, whatever was before. */
        void accept(int version) {
            versions.replaceAll(v -> v.number() == version ? v.rejected("", "") : v);
        }

        Service done() {
            for (int n = 0; versions.size() > KEPT_VERSIONS && n < versions.size(); n++) {
                int number = versions.get(n).number();
                if (number != serving && number != wanted && number != former) {
                    versions.remove(n--);
                }
            }
            return new Service(
                    from.name,
                    from.actor,
                    from.agreement,
                    from.purpose,
                    from.createdAt,
                    versions,
                    serving,
                    wanted,
                    former,
                    failure,
                    ended,
                    endedCause,
                    debited,
                    starts,
                    faults,
                    open,
                    training,
                    trained);
        }
    }
}
