package org.roadloop.app.part;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Json;
import org.roadloop.core.evidence.LateEvidence;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.table.DataClass;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who agreed to what use of which data, and until when (同意台账; GB/T 44464-2024 5.1.4, 5.2.2). A fold
 * of the ledger. Another purpose is another consent: one is never widened. A withdrawal counts at
 * once, its evidence follows. Any thread.
 */
final class ConsentBook {
    static final String GIVEN = "consent.given";
    static final String DOCUMENT = "consent.document";
    static final String WITHDRAWN = "consent.withdrawn";

    /** A consent for longer would be one without an end in all but its wording. */
    private static final Period LONGEST = Period.ofYears(10);

    private final Ledger ledger;
    private final LateEvidence late;
    private final String did;
    private final Clock clock;
    private final Map<String, Consent> consents = new LinkedHashMap<>();

    /**
     * A consent.
     *
     * @param subject id, no VIN
     * @param classes of data
     * @param until the first instant at which it no longer holds
     * @param withdrawn when it was; null: it was not
     */
    record Consent(
            String id,
            String subject,
            Set<String> purposes,
            Set<DataClass> classes,
            Instant from,
            Instant until,
            @Nullable Instant withdrawn) {
        Consent {
            purposes = Set.copyOf(purposes);
            classes = Set.copyOf(classes);
        }

        /** When it ends or ended. */
        Instant end() {
            Instant given = withdrawn;
            return given != null && given.isBefore(until) ? given : until;
        }

        boolean inForce(Instant at) {
            return !at.isBefore(from) && at.isBefore(end());
        }

        ObjectNode json(Instant at) {
            ObjectNode json = Json.mapper().createObjectNode();
            json.put("consent", id);
            describe(json);
            if (withdrawn != null) {
                json.put("withdrawn", withdrawn.toString());
            }
            return json.put("inForce", inForce(at));
        }

        private void describe(ObjectNode json) {
            ArrayNode why = json.putArray("purposes");
            new TreeSet<>(purposes).forEach(why::add);
            ArrayNode what = json.putArray("classes");
            classes.stream().sorted().forEach(c -> what.add(name(c)));
            json.put("from", from.toString()).put("until", until.toString());
        }

        private static String name(DataClass c) {
            return c.name().toLowerCase(Locale.ROOT);
        }

        /**
         * Reads {@code {purposes, classes, from, until}}.
         *
         * @throws IllegalArgumentException if something is missing, or it has no end
         */
        static Consent read(String id, String subject, JsonNode json) {
            Set<String> purposes = new TreeSet<>();
            json.path("purposes").forEach(each -> purposes.add(each.asString("").strip()));
            if (purposes.isEmpty() || purposes.contains("")) {
                throw new IllegalArgumentException(
                        "a consent needs 'purposes', one or more words, such as [traffic_research]");
            }
            Set<DataClass> classes = EnumSet.noneOf(DataClass.class);
            json.path("classes").forEach(each -> classes.add(dataClass(each.asString(""))));
            if (classes.isEmpty()) {
                throw new IllegalArgumentException(
                        "a consent needs 'classes' of data, of " + List.of(names()));
            }
            String end = json.path("until").asString("").strip();
            if (end.isEmpty() || end.matches("(?i)permanent(ly)?|always|forever|永久|始终(允许)?")) {
                throw new IllegalArgumentException(
                        "a consent is never permanent (GB/T 44464-2024): give 'until' as a time such"
                                + " as 2027-06-30T00:00:00Z");
            }
            Instant from = time("from", json.path("from").asString(""));
            Instant until = time("until", end);
            if (!from.isBefore(until)) {
                throw new IllegalArgumentException("'until' of a consent is after its 'from'");
            }
            if (until.isAfter(from.atOffset(ZoneOffset.UTC).plus(LONGEST).toInstant())) {
                throw new IllegalArgumentException(
                        "a consent is never permanent (GB/T 44464-2024), and one for more than "
                                + LONGEST.getYears()
                                + " years is taken for that: give an earlier 'until'");
            }
            return new Consent(id, subject, purposes, classes, from, until, null);
        }

        private static Instant time(String field, String text) {
            try {
                return OffsetDateTime.parse(text).toInstant();
            } catch (java.time.format.DateTimeParseException e) {
                throw new IllegalArgumentException(
                        "'" + field + "' of a consent is a time such as 2027-06-30T00:00:00Z", e);
            }
        }

        private static DataClass dataClass(String text) {
            for (DataClass each : DataClass.values()) {
                if (name(each).equals(text)) {
                    return each;
                }
            }
            throw new IllegalArgumentException(
                    "a class of data is one of "
                            + List.of(names())
                            + ", see docs/personal-data.md");
        }

        private static String[] names() {
            return Stream.of(DataClass.values()).map(Consent::name).toArray(String[]::new);
        }

        private Consent withdrawnAt(Instant at) {
            return new Consent(id, subject, purposes, classes, from, until, at);
        }
    }

    ConsentBook(Ledger ledger, LateEvidence late, String did, Clock clock) {
        this.ledger = ledger;
        this.late = late;
        this.did = did;
        this.clock = clock;
        List<Event> kept = late.pending();
        try (Stream<Entry> entries = ledger.read(0, Set.of(GIVEN, WITHDRAWN))) {
            entries.forEach(entry -> fold(entry.event()));
        }
        kept.forEach(this::fold);
    }

    private void fold(Event event) {
        if (!(event.body() instanceof Event.Inline)) {
            return; // an erased entry is accepted, nothing is guessed in its place
        }
        if (event.type().equals(GIVEN)) {
            String id = event.json().required("consent").asString();
            consents.put(id, Consent.read(id, event.subject(), event.json()));
        } else if (event.type().equals(WITHDRAWN)) {
            Consent was = consents.get(event.json().required("consent").asString());
            if (was != null && was.withdrawn() == null) {
                consents.put(was.id(), was.withdrawnAt(event.at()));
            }
        }
    }

    /**
     * Takes a consent down; it holds when this returns.
     *
     * @param json {@code {purposes, classes, from, until, document?}}; the document may name
     *     somebody: it becomes an erasable payload
     * @throws IllegalArgumentException as {@link Consent#read}
     */
    synchronized Consent give(String subject, JsonNode json) {
        Consent consent = Consent.read(UUID.randomUUID().toString(), subject, json);
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("consent", consent.id());
        consent.describe(body);
        List<Event> events = new ArrayList<>();
        events.add(Event.of(GIVEN, clock.instant(), did, subject, body));
        if (json.has("document")) {
            byte[] document = Json.mapper().writeValueAsBytes(json.get("document"));
            events.add(Event.withPayload(DOCUMENT, clock.instant(), did, subject, document));
        }
        ledger.append(events);
        consents.put(consent.id(), consent);
        return consent;
    }

    /**
     * Ends a consent now, whether the ledger can be written or not.
     *
     * @throws NoSuchElementException if the subject has no such consent
     */
    synchronized Consent withdraw(String subject, String id, String by) {
        Consent was = consents.get(id);
        if (was == null || !was.subject().equals(subject)) {
            throw new NoSuchElementException("this subject has no such consent");
        }
        if (was.withdrawn() != null) {
            return was;
        }
        Consent now = was.withdrawnAt(clock.instant());
        consents.put(id, now);
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("consent", id).put("by", by);
        late.append(ledger, Event.of(WITHDRAWN, clock.instant(), did, subject, body), Map.of());
        return now;
    }

    /** Of a subject, oldest first. */
    synchronized List<Consent> of(String subject) {
        return consents.values().stream().filter(c -> c.subject().equals(subject)).toList();
    }

    /**
     * Subjects who had consented and of whose consents none holds or will, by the last one's end.
     */
    synchronized Map<String, Instant> ended() {
        Instant now = clock.instant();
        Map<String, Instant> last = new TreeMap<>();
        consents.values()
                .forEach(c -> last.merge(c.subject(), c.end(), (a, b) -> a.isAfter(b) ? a : b));
        last.values().removeIf(end -> end.isAfter(now));
        return last;
    }
}
