package org.roadloop.app.clearing;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.roadloop.core.clearing.Evidence;
import org.roadloop.core.clearing.MeterComparison.Side;
import org.roadloop.core.clearing.MeterComparison.Unit;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.clearing.UsageReversal;
import org.roadloop.core.clearing.UsageTotals;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.KeyChain;
import org.roadloop.core.ledger.LedgerProfile;
import org.roadloop.core.ledger.LogReader;
import org.roadloop.core.ledger.MerkleProofs;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.TransparencyLog;
import org.roadloop.core.ledger.TreeHash;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one party's meter says about an agreement and a time (计量对账单): every metered entry of its
 * ledger with the proof that it is there. Signed, it binds the party to its log.
 *
 * @param party DID of whose ledger it is
 * @param from uses whose interval ends at this instant or later
 * @param until and before this one
 * @param checkpoint signed tree head that all proofs lead to
 * @param items by rising index
 */
record Statement(
        String agreement,
        String party,
        Instant from,
        Instant until,
        String checkpoint,
        List<Item> items) {
    /** A longer time is stated in parts, day by day for example. */
    static final int MOST_ITEMS = 5_000;

    private static final String TYPE = "roadloop-statement+jws";

    /**
     * An entry with its way to the checkpoint's root.
     *
     * @param leaf JCS bytes of the event
     */
    record Item(long index, byte[] leaf, List<byte[]> path) {
        Item {
            path = List.copyOf(path);
        }
    }

    /** The peer's statement says something that is not so. */
    static final class UnprovenException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnprovenException(String message) {
            super(message);
        }
    }

    Statement {
        items = List.copyOf(items);
    }

    /**
     * From our own ledger.
     *
     * @throws IllegalArgumentException if there are more than {@link #MOST_ITEMS}
     */
    static Statement of(
            TransparencyLog ledger,
            ContractBook.Contract contract,
            String party,
            Instant from,
            Instant until) {
        String agreement = contract.agreement().id();
        boolean provider = contract.agreement().provider().equals(party);
        Checkpoint checkpoint = ledger.checkpoint();
        List<Item> items = new ArrayList<>();
        try (Stream<Entry> entries = ledger.read(contract.ledgerIndex())) {
            entries.takeWhile(entry -> entry.index() < checkpoint.size())
                    .filter(entry -> counts(entry.event(), agreement, provider, from, until))
                    .limit(MOST_ITEMS + 1L)
                    .forEach(
                            entry ->
                                    items.add(
                                            new Item(
                                                    entry.index(),
                                                    ledger.leaf(entry.index()),
                                                    ledger.inclusion(
                                                                    entry.index(),
                                                                    checkpoint.size())
                                                            .path())));
        }
        if (items.size() > MOST_ITEMS) {
            throw new IllegalArgumentException(
                    "more than "
                            + MOST_ITEMS
                            + " entries are metered between "
                            + from
                            + " and "
                            + until
                            + "; ask for a shorter time");
        }
        return new Statement(agreement, party, from, until, checkpoint.note(), items);
    }

    /** Whether an event belongs into a statement; a provider's meter and a consumer's differ. */
    private static boolean counts(
            Event event, String agreement, boolean provider, Instant from, Instant until) {
        if (!(event.body() instanceof Event.Inline inline)) {
            return false;
        }
        Optional<Instant> at =
                switch (event.type()) {
                    case UsageRecord.EVENT ->
                            provider && event.subject().equals(agreement)
                                    ? Optional.of(UsageRecord.fromJson(inline.json()).until())
                                    : Optional.empty();
                    case UsageReversal.EVENT ->
                            provider && event.subject().equals(agreement)
                                    ? Optional.of(
                                            UsageReversal.fromJson(inline.json()).use().until())
                                    : Optional.empty();
                    case UsageTotals.EVENT ->
                            provider
                                            && UsageTotals.fromJson(inline.json()).totals().stream()
                                                    .anyMatch(t -> t.agreement().equals(agreement))
                                    ? Optional.of(UsageTotals.fromJson(inline.json()).until())
                                    : Optional.empty();
                    case UsageRecord.RECEIVED ->
                            !provider && event.subject().equals(agreement)
                                    ? Optional.of(UsageRecord.fromJson(inline.json()).until())
                                    : Optional.empty();
                    default -> Optional.empty();
                };
        return at.isPresent() && !at.get().isBefore(from) && at.get().isBefore(until);
    }

    // ---------------------------------------------------------------- what it says

    /**
     * By unit and flavour, with the entries that say so; a reversal takes back one of them, once.
     */
    SortedMap<Unit, Side> sides() {
        TreeMap<Unit, Side> sides = new TreeMap<>();
        Map<Long, UsageRecord> uses = new HashMap<>();
        for (Item item : items) {
            JsonNode event = JsonMapper.shared().readTree(item.leaf());
            JsonNode body = event.required("body");
            Evidence here = Evidence.of(item.index());
            switch (event.required("type").asString()) {
                case UsageReversal.EVENT -> {
                    UsageRecord use = uses.remove(UsageReversal.fromJson(body).of());
                    if (use != null) {
                        add(sides, use.unit(), use.flavour(), -use.quantity(), here);
                    }
                }
                case UsageTotals.EVENT -> {
                    UsageTotals batch = UsageTotals.fromJson(body);
                    Evidence root =
                            new Evidence(item.index(), item.index(), 0, 1, List.of(batch.root()));
                    for (UsageTotals.Total t : batch.totals()) {
                        if (t.agreement().equals(agreement)) {
                            add(sides, t.unit(), t.flavour(), t.quantity(), root);
                        }
                    }
                }
                default -> {
                    UsageRecord use = UsageRecord.fromJson(body);
                    uses.put(item.index(), use);
                    add(sides, use.unit(), use.flavour(), use.quantity(), here);
                }
            }
        }
        return sides;
    }

    private static void add(
            TreeMap<Unit, Side> to, String unit, String flavour, long quantity, Evidence more) {
        Side before = to.getOrDefault(new Unit(unit, flavour), Side.NOTHING);
        to.put(
                new Unit(unit, flavour),
                new Side(Math.addExact(before.quantity(), quantity), before.evidence().and(more)));
    }

    // ---------------------------------------------------------------- between parties

    String sign(Signer signer) {
        return Jws.sign(toJson(), signer, TYPE);
    }

    ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("agreement", agreement).put("party", party);
        json.put("from", from.toString()).put("until", until.toString());
        ArrayNode totals = json.putArray("totals");
        sides().forEach(
                        (unit, side) ->
                                totals.addObject()
                                        .put("unit", unit.unit())
                                        .put("flavour", unit.flavour())
                                        .put("quantity", side.quantity()));
        json.put("checkpoint", checkpoint);
        ArrayNode entries = json.putArray("entries");
        Base64.Encoder base64 = Base64.getEncoder();
        for (Item item : items) {
            ObjectNode entry = entries.addObject();
            entry.put("index", item.index()).put("leaf", base64.encodeToString(item.leaf()));
            ArrayNode path = entry.putArray("path");
            item.path().forEach(hash -> path.add(base64.encodeToString(hash)));
        }
        return json;
    }

    /**
     * The content of a signed statement; whose it is, {@link #check} and the signature tell.
     *
     * @throws UnprovenException if it is none
     */
    static Statement parse(String jws) {
        try {
            JsonNode json = Jws.unverifiedPayload(jws);
            if (!Jws.header(jws).path("typ").asString("").equals(TYPE)) {
                throw new UnprovenException("this is no signed statement");
            }
            Base64.Decoder base64 = Base64.getDecoder();
            List<Item> items = new ArrayList<>();
            for (JsonNode entry : json.required("entries")) {
                List<byte[]> path = new ArrayList<>();
                entry.required("path").forEach(hash -> path.add(base64.decode(hash.asString())));
                items.add(
                        new Item(
                                entry.required("index").asLong(),
                                base64.decode(entry.required("leaf").asString()),
                                path));
            }
            return new Statement(
                    json.required("agreement").asString(),
                    json.required("party").asString(),
                    Instant.parse(json.required("from").asString()),
                    Instant.parse(json.required("until").asString()),
                    json.required("checkpoint").asString(),
                    items);
        } catch (UnprovenException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new UnprovenException("the statement can't be read: " + e.getMessage());
        }
    }

    /**
     * Each entry is in the log of the checkpoint, once, is about this agreement and this time, and
     * was metered by this kind of party.
     *
     * @param provider whether the party is the agreement's provider
     * @param keys that verify checkpoints of the party's log
     * @throws UnprovenException naming the entry
     */
    void check(boolean provider, List<SignedNote.VerifierKey> keys) {
        try {
            check(provider, LogReader.parse(checkpoint, keys), LedgerProfile.of(keys).treeHash());
        } catch (SignedNote.InvalidNoteException e) {
            throw new UnprovenException("its checkpoint: " + e.getMessage());
        }
    }

    /**
     * As {@link #check(boolean, List)}, of a log whose keys are followed: one that was retired
     * counts for the time before, a revoked one as far as its revocation says.
     */
    void check(boolean provider, KeyChain chain) {
        try {
            check(
                    provider,
                    chain.checkpoint(checkpoint),
                    LedgerProfile.of(List.of(chain.newest())).treeHash());
        } catch (SignedNote.InvalidNoteException e) {
            throw new UnprovenException("its checkpoint: " + e.getMessage());
        }
    }

    private void check(boolean provider, Checkpoint head, TreeHash hash) {
        long before = -1;
        for (Item item : items) {
            if (item.index() <= before) {
                throw new UnprovenException("entry " + item.index() + " is out of order");
            }
            before = item.index();
            if (!MerkleProofs.verifyInclusion(
                    hash,
                    item.index(),
                    head.size(),
                    hash.leaf(item.leaf()),
                    item.path(),
                    head.rootHash())) {
                throw new UnprovenException("entry " + item.index() + " is not in its log");
            }
            if (!counts(event(item), agreement, provider, from, until)) {
                throw new UnprovenException(
                        "entry " + item.index() + " is no metered use of this agreement and time");
            }
        }
    }

    private static Event event(Item item) {
        try {
            JsonNode json = JsonMapper.shared().readTree(item.leaf());
            return Event.of(
                    json.required("type").asString(),
                    Instant.parse(json.required("at").asString()),
                    json.required("actor").asString(),
                    json.required("subject").asString(),
                    json.required("body"));
        } catch (RuntimeException e) {
            throw new UnprovenException("entry " + item.index() + " can't be read");
        }
    }
}
