package org.roadloop.core.clearing;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.policy.MemberException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * From metered use to booked and netted money (清算): a fold of the ledger. Any thread.
 *
 * <p>Terms come from {@code contract.agreed}; uses from {@code usage.metered} and from batches; a
 * use counts for the clearing day its interval ends on. {@code clearing.day-ended} closes a day and
 * all before it: everything in the ledger ahead of that entry is in the close, and nothing after
 * it. A use that comes for a closed day is not booked but kept for review, since the names of that
 * day's uses are gone and it may be one of them; the parties settle it by a case.
 *
 * <p>What is booked depends on nothing but the ledger, so the same entries give the same {@link
 * #state}, byte for byte. Memory: {@link UsageIndex} for the uses of open days; of closed ones a
 * line a day, agreement, unit and flavour.
 */
public final class Clearing {
    public static final String DAY_ENDED = "clearing.day-ended";
    public static final String CLOSED = "clearing.closed";
    public static final String SLA_MISSED = "sla.missed";

    /** Most time between the timestamp of an agreement and its entry in the ledger. */
    private static final Duration AGREEING = Duration.ofDays(31);

    /** So many reviews are kept in words; all are counted. */
    public static final int REVIEWS = 1_000;

    private static final String AGREED = "contract.agreed";
    private static final String TERMINATED = "contract.terminated";

    /** All that {@link #apply} looks at. */
    private static final Set<String> TYPES =
            Set.of(
                    UsageBatch.SAMPLED,
                    UsageTotals.EVENT,
                    UsageRecord.EVENT,
                    UsageRecord.RECEIVED,
                    UsageReversal.EVENT,
                    AGREED,
                    TERMINATED,
                    SLA_MISSED,
                    Dispute.DISPUTED,
                    Dispute.EVIDENCED,
                    Dispute.SETTLED,
                    Auction.CLOSED,
                    DAY_ENDED,
                    CLOSED);

    private final Books books;
    private final TreeMap<LocalDate, DayClose> closes = new TreeMap<>();
    private final TreeMap<LocalDate, DayClose> unpublished = new TreeMap<>();
    private final Map<String, Closed> auctions = new TreeMap<>();

    /** What an auction came to. */
    private record Closed(String winner, long priceMilli) {}

    /** Days that have a {@code clearing.day-ended} of their own. */
    private final Set<LocalDate> ended = new HashSet<>();

    private @Nullable Entry sampled;
    private long next;

    /** Days in {@link Tariff#ZONE}. */
    public Clearing() {
        this(Tariff.ZONE);
    }

    /**
     * @param zone of the clearing days, one for the whole ledger
     */
    public Clearing(ZoneId zone) {
        books = new Books(zone);
    }

    /** As {@link #register(String, String, String, Tariff, Instant)}, start not known yet. */
    public synchronized List<JournalEntry> register(
            String agreementId, String provider, String consumer, Tariff tariff) {
        return books.register(agreementId, provider, consumer, "", tariff, null, Evidence.NONE);
    }

    /**
     * Gives an agreement its price, as {@code contract.agreed} does. Uses that were metered before
     * are booked now.
     *
     * @param start subscriptions count from its day in the tariff's zone
     * @throws IllegalArgumentException if it has other terms already
     */
    public synchronized List<JournalEntry> register(
            String agreementId, String provider, String consumer, Tariff tariff, Instant start) {
        return books.register(agreementId, provider, consumer, "", tariff, start, Evidence.NONE);
    }

    /**
     * Takes any entry, in the order of the ledger; returns what it booked.
     *
     * <p>An entry that makes no sense is counted, kept for review and booked not at all.
     */
    public synchronized List<JournalEntry> apply(Entry entry) {
        Event event = entry.event();
        List<JournalEntry> booked = List.of();
        boolean samples = event.type().equals(UsageBatch.SAMPLED);
        if (event.body() instanceof Event.Erased && !samples) {
            // What was erased was personal: what it said left with it.
            sampled = null;
            next = entry.index() + 1;
            return booked;
        }
        try {
            switch (event.type()) {
                case UsageRecord.EVENT, UsageRecord.RECEIVED -> booked = metered(entry);
                case UsageReversal.EVENT -> booked = reversed(entry);
                case UsageTotals.EVENT -> booked = totalled(entry);
                case AGREED -> booked = agreed(entry);
                case TERMINATED -> books.terminate(event.subject(), event.at());
                case SLA_MISSED -> slaMissed(entry);
                case Dispute.DISPUTED, Dispute.EVIDENCED ->
                        books.dispute(event.json().required("case").asString(), entry.index());
                case Dispute.SETTLED -> booked = settled(entry);
                case Auction.CLOSED -> auctioned(event);
                case DAY_ENDED -> booked = dayEnded(entry);
                case CLOSED -> closed(entry);
                default -> {}
            }
        } catch (IllegalArgumentException
                | ArithmeticException
                | JacksonException
                | DateTimeException e) {
            books.review(
                    event.type().replaceAll("[^a-z]", "_") + "_malformed",
                    entry.index(),
                    "",
                    String.valueOf(e.getMessage()));
        }
        sampled = samples ? entry : null;
        next = entry.index() + 1;
        return booked;
    }

    /**
     * The fast path for one use: no more garbage than its record.
     *
     * @param index of its ledger entry
     * @return thousandths that it added to the debt of the consumer
     */
    public synchronized long book(long index, UsageRecord use) {
        return books.book(index, use);
    }

    private List<JournalEntry> metered(Entry entry) {
        if (!(entry.event().body() instanceof Event.Inline inline)) {
            return List.of();
        }
        return books.bookEntry(entry.index(), UsageRecord.fromJson(inline.json()));
    }

    private List<JournalEntry> reversed(Entry entry) {
        return books.reverse(
                UsageReversal.fromJson(entry.event().json()), entry.event().at(), entry.index());
    }

    private List<JournalEntry> totalled(Entry entry) {
        UsageTotals totals = UsageTotals.fromJson(entry.event().json());
        Entry samples = sampled;
        if (samples == null
                || samples.index() != entry.index() - 1
                || !samples.event().subject().equals(entry.event().subject())) {
            books.refuseBatch("batch_without_samples", entry.index(), totals);
            return List.of();
        }
        return switch (samples.event().body()) {
            case Event.Payload payload -> {
                Optional<String> differs = SampleText.check(payload.bytes(), totals);
                if (differs.isPresent()) {
                    books.refuseBatch(differs.get(), entry.index(), totals);
                    yield List.of();
                }
                yield books.book(entry.index(), totals, true);
            }
            case Event.Erased erased -> books.book(entry.index(), totals, false);
            case Event.Inline inline -> {
                books.refuseBatch("batch_samples_malformed", entry.index(), totals);
                yield List.of();
            }
        };
    }

    private List<JournalEntry> agreed(Entry entry) {
        JsonNode body = entry.event().json();
        JsonNode agreement = body.required("agreement");
        JsonNode tariff = agreement.path("roadloop:tariff");
        Tariff terms;
        try {
            terms =
                    tariff.isMissingNode()
                            ? Tariff.FREE
                            : TariffJson.read(tariff, "/agreement/roadloop:tariff");
        } catch (MemberException e) {
            books.review(
                    "tariff_malformed",
                    entry.index(),
                    entry.event().subject(),
                    String.valueOf(e.getMessage()));
            return List.of();
        }
        String consumer = body.required("consumer").asString();
        terms.prices().forEach(price -> checkAuction(price, consumer, entry));
        return books.register(
                entry.event().subject(),
                body.required("provider").asString(),
                consumer,
                agreement.path("target").asString(""),
                terms,
                start(agreement, entry),
                Evidence.of(entry.index()));
    }

    /**
     * The provider writes the timestamp: one of years ago would make the consumer owe the fees of
     * all of them.
     */
    private Instant start(JsonNode agreement, Entry entry) {
        String timestamp = agreement.path("timestamp").asString("");
        Instant at = entry.event().at();
        if (timestamp.isEmpty()) {
            return at;
        }
        Instant stated = OffsetDateTime.parse(timestamp).toInstant();
        if (Duration.between(stated, at).abs().compareTo(AGREEING) <= 0) {
            return stated;
        }
        books.review(
                "agreed_at_differs",
                entry.index(),
                entry.event().subject(),
                "the agreement says " + stated + ", it was agreed at " + at + ", which counts");
        return at;
    }

    private void checkAuction(Price price, String consumer, Entry entry) {
        if (!(price instanceof Price.Auctioned auctioned)) {
            return;
        }
        Closed closed = auctions.get(auctioned.auction());
        if (closed == null) {
            return;
        }
        if (closed.priceMilli() != auctioned.milli()) {
            books.review(
                    "auction_price_differs",
                    entry.index(),
                    entry.event().subject(),
                    "auction "
                            + auctioned.auction()
                            + " closed at "
                            + closed.priceMilli()
                            + " milli, the tariff says "
                            + auctioned.milli());
        }
        if (!closed.winner().equals(consumer)) {
            books.review(
                    "auction_winner_differs",
                    entry.index(),
                    entry.event().subject(),
                    "auction " + auctioned.auction() + " was won by " + closed.winner());
        }
    }

    private void slaMissed(Entry entry) {
        JsonNode body = entry.event().json();
        books.miss(
                entry.event().subject(),
                body.required("objective").asString(),
                LocalDate.parse(body.required("day").asString()),
                entry.index());
    }

    private List<JournalEntry> settled(Entry entry) {
        return Dispute.correction(entry.event())
                .map(correction -> books.correct(correction, entry.event().at(), entry.index()))
                .orElse(List.of());
    }

    private void auctioned(Event event) {
        JsonNode price = event.json().path("priceMilli");
        if (price.isIntegralNumber()) {
            auctions.put(
                    event.json().required("auction").asString(),
                    new Closed(event.json().path("winner").asString(""), price.asLong()));
        }
    }

    /** Evidence that an objective was missed on a day; one credit an objective and day. */
    public static Event slaMissed(
            String agreementId, String objective, LocalDate day, Instant at, String actor) {
        return Event.of(
                SLA_MISSED,
                at,
                actor,
                agreementId,
                JsonMapper.shared()
                        .createObjectNode()
                        .put("objective", objective)
                        .put("day", day.toString()));
    }

    /**
     * The entry that closes a day and all before it. Append it once the day is over and its meters
     * have reported, with version 0 of {@link DayClose#subject} expected; {@link #publishable} then
     * has what to append next. {@link #endDay} does all of it.
     */
    public synchronized Event dayEnded(LocalDate day, Instant at, String actor) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("day", day.toString()).put("zone", books.zone().getId());
        ArrayNode refused = body.putArray("refused");
        books.refusedBatches().forEach(refused::add);
        return Event.of(DAY_ENDED, at, actor, DayClose.subject(day), body);
    }

    private List<JournalEntry> dayEnded(Entry entry) {
        JsonNode body = entry.event().json();
        LocalDate through = LocalDate.parse(body.required("day").asString());
        for (JsonNode index : body.required("refused")) {
            books.takeBack(index.asLong());
        }
        ended.add(through);
        List<JournalEntry> booked = new ArrayList<>();
        for (LocalDate day = books.firstOpen(through);
                !day.isAfter(through);
                day = day.plusDays(1)) {
            DayClose close;
            try {
                close = books.close(day, entry.index(), booked);
            } catch (ArithmeticException e) {
                throw new IllegalStateException(
                        "close of " + day + " has an amount beyond 64 bits", e);
            }
            closes.put(day, close);
            unpublished.put(day, close);
        }
        return booked;
    }

    /** Somebody's result, ours or not, must be what we compute. */
    private void closed(Entry entry) {
        JsonNode body = entry.event().json();
        LocalDate day = LocalDate.parse(body.required("day").asString());
        DayClose close = closes.get(day);
        if (close == null
                || !close.stateHash().equals(body.required("stateHash").asString())
                || close.cutIndex() != body.required("cutIndex").asLong()) {
            books.review(
                    "close_differs",
                    entry.index(),
                    "",
                    "close of " + day + " in the ledger is not what the entries before it give");
        }
        unpublished.remove(day);
    }

    /** Closed days without a {@code clearing.closed} in the ledger yet. */
    public synchronized List<DayClose> publishable() {
        return List.copyOf(unpublished.values());
    }

    /**
     * Ends a day in a ledger and writes the result down. Another node that does the same at the
     * same time gets a {@link org.roadloop.core.ledger.ConflictException}, and reads the result.
     *
     * @return what was written down; nothing if the day was closed before
     * @throws IllegalArgumentException if the day is not over at {@code at}
     */
    public synchronized List<DayClose> endDay(
            Ledger ledger, LocalDate day, Instant at, String actor) {
        if (!day(at).isAfter(day)) {
            throw new IllegalArgumentException(
                    "day " + day + " is not over at " + at + " in " + books.zone());
        }
        catchUp(ledger);
        if (books.closedThrough().filter(last -> !last.isBefore(day)).isEmpty()) {
            ledger.append(List.of(dayEnded(day, at, actor)), Map.of(DayClose.subject(day), 0L));
            catchUp(ledger);
        }
        List<DayClose> results = publishable();
        for (DayClose close : results) {
            long version = ended.contains(close.day()) ? 1 : 0;
            ledger.append(close.events(at, actor), Map.of(DayClose.subject(close.day()), version));
        }
        catchUp(ledger);
        return results;
    }

    /** Applies what the ledger holds beyond what was applied; any number of times. */
    public synchronized void catchUp(Ledger ledger) {
        long size = ledger.size();
        if (next < size) {
            try (Stream<Entry> entries = ledger.read(next, TYPES)) {
                entries.forEach(this::apply);
            }
            next = Math.max(next, size);
        }
    }

    /** Reads the whole ledger; agreements may be registered before or after. */
    public void replay(Ledger ledger) {
        try (Stream<Entry> entries = ledger.read(0, TYPES)) {
            entries.forEach(this::apply);
        }
    }

    /** All that is booked under an agreement so far; empty if it is not known. */
    public Optional<Bill> findBill(String agreementId) {
        return findBill(agreementId, LocalDate.MIN, LocalDate.MAX);
    }

    /**
     * What is booked on the clearing days of a period. Instalments, credits, bounds and shares of a
     * day are booked when it is closed.
     *
     * @param from first day
     * @param through last day
     */
    public synchronized Optional<Bill> findBill(
            String agreementId, LocalDate from, LocalDate through) {
        return books.findAgreement(agreementId)
                .filter(agreement -> agreement.terms != null)
                .map(
                        agreement ->
                                BillDraft.of(
                                        agreement,
                                        books.zone(),
                                        from,
                                        through,
                                        books.closedThrough()));
    }

    public Bill bill(String agreementId) {
        return bill(agreementId, LocalDate.MIN, LocalDate.MAX);
    }

    public Bill bill(String agreementId, LocalDate from, LocalDate through) {
        return findBill(agreementId, from, through)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "agreement "
                                                + agreementId
                                                + " has no bill: it is not registered for"
                                                + " clearing"));
    }

    /** The quantity of a unit under an agreement that is booked for one day, with its evidence. */
    public synchronized Optional<MeterComparison.Side> findMetered(
            String agreementId, LocalDate day, String unit, String flavour) {
        return books.findAgreement(agreementId).flatMap(a -> a.metered(day, unit, flavour));
    }

    /**
     * What a provider earned with an asset on the clearing days that begin in {@code [from,
     * until)}, by currency: charges after corrections, credits and bounds, before what it shares.
     * The entries are the first and the last of each day's evidence.
     */
    public synchronized List<AssetRevenue.Amount> revenue(
            String provider, String asset, Instant from, Instant until) {
        return books.revenue(provider, asset, day(from), day(until.minusNanos(1)));
    }

    /** Thousandths of the currency that the participant is to get; negative: it owes. */
    public synchronized long balanceMilli(String participant, String currency) {
        return books.netMilli(participant, currency);
    }

    public synchronized long balanceMilli(Account account) {
        return books.accounts().balanceMilli(account);
    }

    /** Every account and its balance (试算平衡表); they add up to 0 in each currency. */
    public synchronized SortedMap<Account, Long> trialBalance() {
        return books.accounts().trialBalance();
    }

    /** Sum over all accounts of a currency: always 0. */
    public synchronized long imbalanceMilli(String currency) {
        return books.accounts().imbalanceMilli(currency);
    }

    /** The journal of some days (日记账), uses summed by day, agreement, unit and flavour. */
    public synchronized List<JournalEntry> journal(LocalDate from, LocalDate through) {
        return books.journal(from, through, closes);
    }

    /** The entries of the journal that touch an account (对账单). */
    public List<JournalEntry> statement(Account account, LocalDate from, LocalDate through) {
        return journal(from, through).stream()
                .filter(e -> e.postings().stream().anyMatch(p -> p.account().equals(account)))
                .toList();
    }

    /** The result of a closed day. */
    public synchronized Optional<DayClose> findClose(LocalDate day) {
        return Optional.ofNullable(closes.get(day));
    }

    /** Last closed day; empty if none is. */
    public synchronized Optional<LocalDate> closedThrough() {
        return books.closedThrough();
    }

    /** The clearing day of an instant. */
    public synchronized LocalDate day(Instant at) {
        return LocalDate.ofInstant(at, books.zone());
    }

    /** Everything that is booked, as JCS bytes: equal for equal ledgers. */
    public synchronized byte[] state() {
        return books.state();
    }

    /** Lower-case hex of SHA-256 of {@link #state}. */
    public synchronized String stateHash() {
        return books.stateHash();
    }

    /** Uses that came again, equal to the first, and were not booked again. */
    public synchronized long duplicates() {
        return books.reviews().count(Books.DUPLICATE);
    }

    /** Uses that came again with another quantity; the first is kept, someone should look. */
    public synchronized long conflicts() {
        return books.reviews().count(Books.CONFLICT);
    }

    /** What was not booked, by short name, and how often. */
    public synchronized Map<String, Long> counts() {
        return books.reviews().counts();
    }

    /** The latest of what someone should look at, at most {@value #REVIEWS}. */
    public synchronized List<Review> reviews() {
        return books.reviews().latest();
    }
}
