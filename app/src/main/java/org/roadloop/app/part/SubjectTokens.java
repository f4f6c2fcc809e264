package org.roadloop.app.part;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.lake.LakeKeeper;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.plan.Passport;
import org.roadloop.govern.privacy.Pseudonym;
import org.roadloop.govern.privacy.PseudonymColumns;
import org.roadloop.govern.product.ProductRun;
import tools.jackson.databind.JsonNode;

/*
 * The key of the tokens gives the VIN behind each distinct one, and the VIN the subject id. A phone is
 * behind an HMAC, so from the token nothing leads back: its token is made of the phone while that is
 * registered, and stands in the order of an erasure from then on.
 *
 * A product has tokens of its own. Its passports name contract, epoch and mode: reversible ones are
 * turned back to what the plan read, which is an identity or a token of a governed table; one-way ones
 * are made again of the vehicle's identity and tokens, while the epoch's key is there.
 */

/** Finds the pseudonyms of a subject in the tables (主体假名查找). Any thread. */
final class SubjectTokens {
    private final Lake lake;
    private final LakeKeeper keeper;
    private final Keyring keys;
    private final VehicleSubjects subjects;
    private final Ledger ledger;

    /** The phone of a subject, while its terminal is registered. */
    private final Function<String, Optional<String>> findPhone;

    /** Subjects known by phone, by internal token. */
    private final Map<String, String> phones = new ConcurrentHashMap<>();

    /** How a product's plan made its pseudonyms. */
    private record Kind(String contract, int epoch, PseudonymColumns.Mode mode) {}

    /** What a plan may have read of a subject: its VIN or phone, and internal tokens of it. */
    private record Known(String subject, String text) {}

    SubjectTokens(
            Lake lake,
            LakeKeeper keeper,
            Keyring keys,
            VehicleSubjects subjects,
            Ledger ledger,
            Function<String, Optional<String>> findPhone) {
        this.lake = lake;
        this.keeper = keeper;
        this.keys = keys;
        this.subjects = subjects;
        this.ledger = ledger;
        this.findPhone = findPhone;
    }

    /** The internal tokens of a subject that nothing but its phone leads to; kept from now on. */
    Set<String> ofPhone(String subject) {
        findPhone
                .apply(subject)
                .ifPresent(phone -> phones.put(Pseudonym.internal(keys).identity(phone), subject));
        Set<String> tokens = new TreeSet<>();
        phones.forEach(
                (token, of) -> {
                    if (of.equals(subject)) {
                        tokens.add(token);
                    }
                });
        return tokens;
    }

    /** As it stands in an order. */
    void note(String subject, String token) {
        phones.put(token, subject);
    }

    /** Tables with products first: what leads to their pseudonyms may be in the others. */
    List<String> tables() {
        List<String> tables = new ArrayList<>(lake.tables());
        tables.sort(java.util.Comparator.comparing((String t) -> !ProductRun.isProduct(lake, t)));
        return tables;
    }

    /** The pseudonyms in a table, in any of its snapshots, of some subjects. */
    Map<String, Set<String>> of(String table, Set<String> wanted) {
        wanted.forEach(this::ofPhone);
        Map<String, Set<String>> tokens = new TreeMap<>();
        if (ProductRun.isProduct(lake, table)) {
            product(table, wanted, tokens);
        } else {
            Pseudonym internal = Pseudonym.internal(keys);
            keeper.identities(table, token -> add(tokens, wanted, subject(internal, token), token));
        }
        return tokens;
    }

    private static void add(
            Map<String, Set<String>> tokens,
            Set<String> wanted,
            @Nullable String subject,
            String token) {
        if (subject != null && wanted.contains(subject)) {
            tokens.computeIfAbsent(subject, s -> new HashSet<>()).add(token);
        }
    }

    /** Whose an internal token is; null if nothing tells. */
    private @Nullable String subject(Pseudonym internal, String token) {
        @Nullable String vin = internal.vinOf(token);
        return vin == null ? phones.get(token) : subjects.of(vin);
    }

    // ---------------------------------------------------------------- products

    private void product(String table, Set<String> wanted, Map<String, Set<String>> tokens) {
        Pseudonym internal = Pseudonym.internal(keys);
        List<Pseudonym> reversible = new ArrayList<>();
        Map<String, String> oneWay = new HashMap<>();
        List<Known> known = List.of();
        for (Kind kind : kinds(table)) {
            if (kind.mode() == PseudonymColumns.Mode.REVERSIBLE) {
                reversible.add(Pseudonym.ofContract(keys, kind.contract(), kind.epoch()));
            } else if (!keys.epochs().isClosed(kind.contract(), kind.epoch())) {
                known = known.isEmpty() ? known(wanted) : known;
                Mac mac = keys.epochs().mac(kind.contract(), kind.epoch());
                known.forEach(
                        one -> oneWay.put(PseudonymColumns.oneWay(mac, one.text()), one.subject()));
            }
        }
        keeper.identities(
                table,
                token -> {
                    @Nullable String subject = oneWay.get(token);
                    for (Pseudonym pseudonym : reversible) {
                        subject = subject == null ? back(pseudonym, internal, token) : subject;
                    }
                    // a product may leave the tokens of its input as they are
                    subject = subject == null ? subject(internal, token) : subject;
                    add(tokens, wanted, subject, token);
                });
    }

    private @Nullable String back(Pseudonym pseudonym, Pseudonym internal, String token) {
        @Nullable String vin = pseudonym.vinOf(token);
        if (vin != null) {
            return subjects.of(vin);
        }
        @Nullable String before = pseudonym.tokenBefore(token);
        return before == null ? null : subject(internal, before);
    }

    /** From the governed tables, and the phones. */
    private List<Known> known(Set<String> wanted) {
        List<Known> known = new ArrayList<>();
        Pseudonym internal = Pseudonym.internal(keys);
        phones.forEach((token, subject) -> known.add(new Known(subject, token)));
        for (String subject : wanted) {
            findPhone.apply(subject).ifPresent(phone -> known.add(new Known(subject, phone)));
        }
        for (String table : lake.tables()) {
            if (!ProductRun.isProduct(lake, table)) {
                keeper.identities(
                        table,
                        token -> {
                            @Nullable String vin = internal.vinOf(token);
                            if (vin != null && wanted.contains(subjects.of(vin))) {
                                known.add(new Known(subjects.of(vin), vin));
                                known.add(new Known(subjects.of(vin), token));
                            }
                        });
            }
        }
        return known;
    }

    /** How the runs of a product's plan made pseudonyms, by their passports. */
    private Set<Kind> kinds(String table) {
        Set<Kind> kinds = new HashSet<>();
        try (Stream<Entry> entries = ledger.read(0, Set.of(Passport.EVENT_TYPE))) {
            entries.map(Entry::event)
                    .filter(event -> event.subject().equals(table))
                    .map(Event::json)
                    .forEach(
                            passport -> {
                                for (JsonNode made : passport.path("pseudonyms")) {
                                    kinds.add(
                                            new Kind(
                                                    made.required("contract").asString(),
                                                    made.required("epoch").asInt(),
                                                    PseudonymColumns.Mode.valueOf(
                                                            made.required("mode").asString())));
                                }
                            });
        }
        return kinds;
    }

    /** Products with one-way pseudonyms whose epoch is over: nobody can tell whose they are. */
    List<String> unreachable() {
        return lake.tables().stream()
                .filter(table -> ProductRun.isProduct(lake, table))
                .filter(
                        table ->
                                kinds(table).stream()
                                        .anyMatch(
                                                kind ->
                                                        kind.mode() == PseudonymColumns.Mode.ONE_WAY
                                                                && keys.epochs()
                                                                        .isClosed(
                                                                                kind.contract(),
                                                                                kind.epoch())))
                .toList();
    }
}
