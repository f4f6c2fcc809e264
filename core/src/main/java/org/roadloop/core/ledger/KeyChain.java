package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.roadloop.core.identity.KeyAlgorithm;
import org.roadloop.core.identity.KeyHandover;
import tools.jackson.databind.JsonNode;

/**
 * The keys of a log one after the other (密钥连续性), found by who knows one of them and reads what the
 * log says of its keys ({@link KeyEvents}).
 *
 * <p>Entry i hands the log over: checkpoints of up to i entries are signed by the key before,
 * checkpoints that cover entry i by the key after. So a retired key can't sign a tree beyond its
 * retirement, nor a new one a tree before it. A handover is believed if the key before has signed
 * the new one, or a key of the participant that the reader knows has.
 *
 * @param spans of the known key and those after it, oldest first, at least one
 * @param broken why the chain could not be followed further; empty if it was followed to its end
 */
public record KeyChain(List<Span> spans, Optional<String> broken) {

    public KeyChain {
        spans = List.copyOf(spans);
    }

    /**
     * The trees that one key may have signed.
     *
     * @param fromSize smallest number of entries
     * @param toSize largest
     */
    public record Span(int epoch, SignedNote.VerifierKey key, long fromSize, long toSize) {
        private Span until(long size) {
            return new Span(epoch, key, fromSize, Math.min(toSize, size));
        }
    }

    /** An event and its place in the log. */
    public record Located(long index, Event event) {}

    /**
     * As {@link #follow(SignedNote.VerifierKey, List, List)}, for who knows no participant's key.
     */
    public static KeyChain follow(SignedNote.VerifierKey trusted, List<Located> events) {
        return follow(trusted, events, List.of());
    }

    /**
     * Follows the log's keys from one to the newest.
     *
     * @param trusted the first key or any later one
     * @param events those of {@link KeyEvents}, in the order of the log; others are passed over
     * @param participantKeys keys of the participant whose log it is, which may vouch for a new key
     */
    public static KeyChain follow(
            SignedNote.VerifierKey trusted, List<Located> events, List<PublicKey> participantKeys) {
        if (trusted.type().timed()) {
            throw new IllegalArgumentException(
                    "key " + trusted + " is that of a witness, not of a log");
        }
        List<Span> spans = new ArrayList<>();
        spans.add(new Span(firstEpoch(trusted, events), trusted, 0, Long.MAX_VALUE));
        List<Located> revocations = new ArrayList<>();
        Optional<String> broken = Optional.empty();
        boolean reached = spans.getFirst().epoch() == 1;
        for (Located located : events) {
            Event event = located.event();
            if (event.type().equals(KeyEvents.REVOKED)) {
                revocations.add(located);
            } else if (KeyEvents.SUBJECT.equals(event.subject()) && broken.isEmpty()) {
                JsonNode body = event.json();
                if (!reached) {
                    reached = body.path("key").asString("").equals(trusted.toString());
                    if (reached) {
                        spans.set(
                                0,
                                new Span(
                                        spans.getFirst().epoch(),
                                        trusted,
                                        located.index() + 1,
                                        Long.MAX_VALUE));
                    }
                    continue;
                }
                Span before = spans.removeLast();
                spans.add(before.until(located.index()));
                broken = fault(before, located, participantKeys);
                if (broken.isEmpty()) {
                    spans.add(
                            new Span(
                                    before.epoch() + 1,
                                    SignedNote.VerifierKey.parse(body.path("key").asString()),
                                    located.index() + 1,
                                    Long.MAX_VALUE));
                }
            }
        }
        for (Located revocation : revocations) {
            int epoch = revocation.event().json().path("epoch").asInt(0);
            long fromSize = revocation.event().json().path("fromSize").asLong(0);
            // A key cannot revoke itself nor one after it.
            int index = epoch - spans.getFirst().epoch();
            if (index >= 0
                    && index < spans.size() - 1
                    && revocation.index() >= spans.get(index).toSize()) {
                spans.set(index, spans.get(index).until(fromSize));
            }
        }
        return new KeyChain(spans, broken);
    }

    /** Its own, if a handover names it; else it is taken for the first. */
    private static int firstEpoch(SignedNote.VerifierKey trusted, List<Located> events) {
        return events.stream()
                .filter(l -> KeyEvents.SUBJECT.equals(l.event().subject()))
                .map(l -> l.event().json())
                .filter(body -> body.path("key").asString("").equals(trusted.toString()))
                .mapToInt(body -> body.path("epoch").asInt(1))
                .findFirst()
                .orElse(1);
    }

    /** Why a handover is not believed. */
    private static Optional<String> fault(
            Span before, Located located, List<PublicKey> participantKeys) {
        JsonNode body = located.event().json();
        int epoch = before.epoch() + 1;
        String where = "entry " + located.index() + ", key of epoch " + epoch + ": ";
        SignedNote.VerifierKey key;
        byte[] signature;
        try {
            key = SignedNote.VerifierKey.parse(body.path("key").asString(""));
            String field =
                    located.event().type().equals(KeyEvents.ROTATED) ? "continuity" : "signature";
            signature = Base64.getDecoder().decode(body.path(field).asString(""));
        } catch (IllegalArgumentException e) {
            return Optional.of(where + e.getMessage());
        }
        if (body.path("epoch").asInt(0) != epoch
                || !key.name().equals(before.key().name())
                || key.type() != before.key().type()) {
            return Optional.of(where + "it does not follow the key of epoch " + before.epoch());
        }
        String name = body.path("name").asString("");
        if (located.event().type().equals(KeyEvents.ROTATED)) {
            byte[] claim = KeyHandover.continuityClaim(name, epoch, key.publicKey());
            return key.type().algorithm().verify(before.key().publicKey(), claim, signature)
                    ? Optional.empty()
                    : Optional.of(
                            where + "the key of epoch " + before.epoch() + " did not sign it");
        }
        KeyHandover.Because because =
                body.path("because").asString("").equals(KeyHandover.Because.LOST.word())
                        ? KeyHandover.Because.LOST
                        : KeyHandover.Because.LEAKED;
        byte[] claim = KeyHandover.replacementClaim(name, epoch, because, key.publicKey());
        for (PublicKey participant : participantKeys) {
            if (KeyAlgorithm.of(participant).verify(participant, claim, signature)) {
                return Optional.empty();
            }
        }
        return Optional.of(
                where
                        + "the key before it was "
                        + because.word()
                        + ", and no participant's key given here vouches for the new one (it names "
                        + body.path("by").asString("nobody")
                        + "); give that key, or the new key itself");
    }

    /** The last key that the chain leads to. */
    public SignedNote.VerifierKey newest() {
        return spans.getLast().key();
    }

    /** Keys that may have signed a tree of this size; none if it is beyond what was followed. */
    public List<SignedNote.VerifierKey> keysAt(long size) {
        return spans.stream()
                .filter(s -> s.fromSize() <= size && size <= s.toSize())
                .map(Span::key)
                .toList();
    }

    /**
     * Reads and verifies a checkpoint of the log.
     *
     * @throws SignedNote.InvalidNoteException if none of the keys has signed it, or one that was
     *     not in use at its size
     */
    public Checkpoint checkpoint(String note) {
        List<SignedNote.VerifierKey> keys = spans.stream().map(Span::key).toList();
        SignedNote.Verified verified;
        try {
            verified = SignedNote.verify(note, keys);
        } catch (SignedNote.InvalidNoteException e) {
            throw broken.isEmpty()
                    ? e
                    : new SignedNote.InvalidNoteException(
                            e.getMessage() + "; " + broken.get(), e.byteOffset());
        }
        Checkpoint checkpoint = SignedNote.parseCheckpointUnverified(note);
        if (!checkpoint.origin().equals(newest().name())) {
            throw new SignedNote.InvalidNoteException(
                    "is of another log: " + checkpoint.origin(), 0);
        }
        List<String> why = new ArrayList<>();
        for (Span span : spans) {
            if (verified.signedBy(span.key())) {
                if (span.fromSize() <= checkpoint.size() && checkpoint.size() <= span.toSize()) {
                    return checkpoint;
                }
                why.add(
                        "the key of epoch "
                                + span.epoch()
                                + " signs trees of "
                                + span.fromSize()
                                + " to "
                                + span.toSize()
                                + " entries, not of "
                                + checkpoint.size());
            }
        }
        broken.ifPresent(why::add);
        throw new SignedNote.InvalidNoteException(
                String.join("; ", why), verified.text().getBytes(UTF_8).length + 1);
    }

    /** What a ledger says of its keys; reads all of it unless it never had but one. */
    public static List<Located> read(Ledger ledger) {
        if (ledger.version(KeyEvents.SUBJECT) == 0) {
            return List.of();
        }
        try (Stream<Entry> entries = ledger.read(0, KeyEvents.TYPES)) {
            return entries.filter(e -> KeyEvents.isOne(e.event()))
                    .map(e -> new Located(e.index(), e.event()))
                    .toList();
        }
    }
}
