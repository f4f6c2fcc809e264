package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the log holds about somebody, and dropping it (主体查阅与删除; 个人信息保护法 §44 to §47). Any thread;
 * reads the whole log, so for a person's request, not for a loop.
 */
public final class Subjects {
    /**
     * Evidence of an erasure, written before anything is dropped: {@code {by, entries, legalBasis,
     * reason}}, about the subject.
     */
    public static final String ERASED = "subject.erased";

    private final Ledger ledger;
    private final Clock clock;
    private final String actor;

    /**
     * @param actor DID in whose name erasures are recorded
     */
    public Subjects(Ledger ledger, Clock clock, String actor) {
        this.ledger = ledger;
        this.clock = clock;
        this.actor = actor;
    }

    /** How an entry is about somebody. */
    public enum Relation {
        /** It is the entry's subject. */
        SUBJECT,
        /** It acted. */
        ACTOR,
        /** It stands in the body or payload as a whole text. */
        MENTIONED
    }

    public record About(Entry entry, Relation relation) {}

    /**
     * @param evidence index of the {@link #ERASED} event; empty if nothing was left to erase
     * @param erased entries whose payload this call dropped
     * @param earlier entries whose payload was gone before
     * @param kept entries that stay: their body is in the log itself and names nobody
     */
    public record Outcome(
            OptionalLong evidence, List<Long> erased, List<Long> earlier, List<Long> kept) {
        public Outcome {
            erased = List.copyOf(erased);
            earlier = List.copyOf(earlier);
            kept = List.copyOf(kept);
        }
    }

    /** Entries about a subject in log order, payloads resolved. */
    public List<About> list(String subject) {
        List<About> about = new ArrayList<>();
        byte[] quoted = JsonMapper.shared().writeValueAsBytes(subject);
        try (Stream<Entry> entries = ledger.read(0)) {
            entries.forEach(
                    entry -> {
                        Event event = entry.event();
                        if (event.subject().equals(subject)) {
                            about.add(new About(entry, Relation.SUBJECT));
                        } else if (event.actor().equals(subject)) {
                            about.add(new About(entry, Relation.ACTOR));
                        } else if (mentions(event.body(), subject, quoted)) {
                            about.add(new About(entry, Relation.MENTIONED));
                        }
                    });
        }
        return about;
    }

    /**
     * Drops payloads with their salts. A second call finds nothing left and writes nothing; after a
     * crash in between it drops the rest.
     *
     * @param chosen entries about the subject; empty: all whose subject it is
     * @param by who asked for it, the id of a token
     * @throws IllegalArgumentException if a chosen entry is not about the subject or has no payload
     */
    public Outcome erase(
            String subject, Set<Long> chosen, String reason, String legalBasis, String by) {
        Set<Long> missing = new TreeSet<>(chosen);
        List<Long> erase = new ArrayList<>();
        List<Long> earlier = new ArrayList<>();
        List<Long> kept = new ArrayList<>();
        for (About about : list(subject)) {
            long index = about.entry().index();
            boolean wanted =
                    chosen.isEmpty() ? about.relation() == Relation.SUBJECT : missing.remove(index);
            if (!wanted) {
                continue;
            }
            switch (about.entry().event().body()) {
                case Event.Payload payload -> erase.add(index);
                case Event.Erased erased -> earlier.add(index);
                case Event.Inline inline -> kept.add(index);
            }
        }
        if (!missing.isEmpty() || !chosen.isEmpty() && !kept.isEmpty()) {
            throw new IllegalArgumentException(
                    "entries "
                            + (missing.isEmpty() ? kept : missing)
                            + " are not about this subject, or have no payload; the export lists"
                            + " which are and have");
        }
        if (erase.isEmpty()) {
            return new Outcome(OptionalLong.empty(), erase, earlier, kept);
        }
        long evidence =
                ledger.append(evidence(subject, erase, reason, legalBasis, by)).firstIndex();
        erase.forEach(ledger::erase);
        return new Outcome(OptionalLong.of(evidence), erase, earlier, kept);
    }

    /** For what is erased outside of the log too. */
    public Event evidence(
            String subject, List<Long> entries, String reason, String legalBasis, String by) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("by", by).put("legalBasis", legalBasis).put("reason", reason);
        ArrayNode list = body.putArray("entries");
        entries.forEach(list::add);
        return Event.of(ERASED, clock.instant(), actor, subject, body);
    }

    private static boolean mentions(Event.Body body, String subject, byte[] quoted) {
        return switch (body) {
            case Event.Inline inline -> mentions(inline.json(), subject);
            case Event.Payload payload ->
                    contains(payload.bytes(), quoted)
                            || Arrays.equals(payload.bytes(), subject.getBytes(UTF_8));
            case Event.Erased erased -> false;
        };
    }

    private static boolean mentions(JsonNode json, String subject) {
        if (json.isString()) {
            return json.asString().equals(subject);
        }
        if (json.isObject() && json.has(subject)) {
            return true;
        }
        for (JsonNode child : json) {
            if (mentions(child, subject)) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(byte[] bytes, byte[] wanted) {
        for (int i = 0; i + wanted.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }
}
