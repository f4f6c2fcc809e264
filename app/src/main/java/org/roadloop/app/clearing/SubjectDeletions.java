package org.roadloop.app.clearing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.clearing.UsageRecord;
import org.roadloop.core.contract.AgreedAssets;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.DeletionReceipt;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.UsageEvents;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/*
 * A request is durable before the rows go, and leaves once they are gone: else a consumer could pull
 * them again after its deletion. It names the pseudonym of that contract and nothing else; this stands
 * in an erasable payload, which is dropped when the receipt is here. What is not delivered is tried
 * again, also after a restart: all of it is a fold of the ledger.
 */

/**
 * Asks consumers who received rows of an erased subject to delete them, and keeps their receipts
 * (转发删除请求; PIPL art. 47). {@link #look} from one thread, the rest from any.
 */
public final class SubjectDeletions {
    /** Payload {@code request, pseudonym, order}, about an agreement. */
    public static final String ASKED = "deletion.asked";

    /** {@code request, order, receipt, signature}, about an agreement. */
    public static final String CONFIRMED = "deletion.confirmed";

    /** What a receipt has for a duty: this and the request. */
    static final String DUTY = "subject/";

    private static final String ROWS_ERASED = "subject.rows-erased";
    private static final Set<String> TYPES = Set.of(ASKED, CONFIRMED, ROWS_ERASED);
    private static final Set<String> USES = Set.of(UsageRecord.EVENT, UsageEvents.FILE);
    private static final Duration MOST_PAUSE = Duration.ofMinutes(5);
    private static final Logger LOG = LoggerFactory.getLogger(SubjectDeletions.class);

    private final Ledger ledger;
    private final ContractBook book;
    private final AgreedAssets agreed;
    private final CallerIdentity identity;
    private final Peers peers;
    private final Clock clock;

    private long nextIndex;

    /** Without a receipt, by request. */
    private final Map<String, Open> open = new TreeMap<>();

    private final Set<String> confirmed = new HashSet<>();

    /** Orders whose rows are gone here. */
    private final Set<Long> gone = new HashSet<>();

    private static final class Open {
        final long index;
        final String agreement;
        final String pseudonym;
        final long order;
        Instant next = Instant.MIN;
        Duration pause = Duration.ofSeconds(1);

        Open(long index, String agreement, String pseudonym, long order) {
            this.index = index;
            this.agreement = agreement;
            this.pseudonym = pseudonym;
            this.order = order;
        }
    }

    public SubjectDeletions(
            Ledger ledger,
            ContractBook book,
            AgreedAssets agreed,
            CallerIdentity identity,
            Peers peers,
            Clock clock) {
        this.ledger = ledger;
        this.book = book;
        this.agreed = agreed;
        this.identity = identity;
        this.peers = peers;
        this.clock = clock;
    }

    static String path(String agreement) {
        return "/agreements/" + URLEncoder.encode(agreement, UTF_8) + "/subject-deletions";
    }

    /** Contracts, ended ones too, under which something of a table left here. */
    public List<String> recipients(String table) {
        Set<String> used = new TreeSet<>();
        try (Stream<Entry> entries = ledger.read(0, USES)) {
            entries.forEach(entry -> used.add(entry.event().subject()));
        }
        return used.stream().filter(agreement -> isOf(agreement, table)).toList();
    }

    private boolean isOf(String agreement, String table) {
        return book.findContract(agreement)
                .filter(contract -> contract.self() == Role.PROVIDER)
                .map(contract -> agreed.get(agreement))
                .filter(Asset.Dataset.class::isInstance)
                .map(Asset.Dataset.class::cast)
                .filter(dataset -> dataset.table().equals(table))
                .isPresent();
    }

    /**
     * Has the consumer of a contract asked, once the rows are gone here; durable when this returns.
     * A second call for the same does nothing.
     *
     * @param pseudonym that the contract's rows have
     * @param order index of the erasure's order in the ledger
     */
    public synchronized void ask(String agreement, String pseudonym, long order) {
        catchUp();
        String request =
                UUID.nameUUIDFromBytes((order + " " + agreement + " " + pseudonym).getBytes(UTF_8))
                        .toString();
        if (open.containsKey(request) || confirmed.contains(request)) {
            return;
        }
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("request", request).put("pseudonym", pseudonym).put("order", order);
        ledger.append(
                Event.withPayload(
                        ASKED,
                        clock.instant(),
                        book.did(),
                        agreement,
                        Json.mapper().writeValueAsBytes(body)));
    }

    /** Requests without a receipt. */
    public synchronized int open() {
        return open.size();
    }

    /** Delivers what can be; what fails is tried again, at last every five minutes. */
    public void look() {
        Map<String, Open> due = new TreeMap<>();
        synchronized (this) {
            catchUp();
            Instant now = clock.instant();
            open.forEach(
                    (request, one) -> {
                        if (gone.contains(one.order) && !now.isBefore(one.next)) {
                            due.put(request, one);
                        }
                    });
        }
        due.forEach(this::deliver);
    }

    private void deliver(String request, Open one) {
        try {
            ContractBook.Contract contract = book.getContract(one.agreement);
            ObjectNode body = Json.mapper().createObjectNode();
            body.put("request", request).put("pseudonym", one.pseudonym);
            JsonNode answer = peers.post(peers.of(contract), path(one.agreement), body);
            check(contract, request, answer);
            ObjectNode evidence = Json.mapper().createObjectNode();
            evidence.put("request", request).put("order", one.order);
            evidence.set("receipt", answer.required("receipt"));
            evidence.put("signature", answer.required("signature").asString());
            ledger.append(
                    Event.of(CONFIRMED, clock.instant(), book.did(), one.agreement, evidence));
            ledger.erase(one.index);
            LOG.info("a receipt for a deletion under {} is here", one.agreement);
        } catch (Problem | CallerIdentity.UnauthorizedException e) {
            one.next = clock.instant().plus(one.pause);
            Duration twice = one.pause.multipliedBy(2);
            one.pause = twice.compareTo(MOST_PAUSE) < 0 ? twice : MOST_PAUSE;
            LOG.warn("a request to delete under {} waits: {}", one.agreement, e.getMessage());
        }
    }

    private void check(ContractBook.Contract contract, String request, JsonNode answer) {
        try {
            DeletionReceipt receipt = DeletionReceipt.fromJson(answer.required("receipt"));
            String consumer = contract.agreement().consumer();
            if (receipt.agreement().equals(contract.agreement().id())
                    && receipt.asset().equals(contract.agreement().asset())
                    && receipt.by().equals(consumer)
                    && receipt.duty().equals(DUTY + request)
                    && identity.signed(
                            consumer,
                            answer.required("signature").asString(),
                            receipt.signedBytes())) {
                return;
            }
        } catch (RuntimeException e) {
            LOG.debug("a receipt that can't be read", e);
        }
        throw new Problem(
                502, "receipt_wrong", "what came is no receipt of the consumer for this request");
    }

    // ---------------------------------------------------------------- the fold

    private synchronized void catchUp() {
        long size = ledger.size();
        if (size <= nextIndex) {
            return;
        }
        try (Stream<Entry> entries = ledger.read(nextIndex, TYPES)) {
            entries.forEach(
                    entry -> {
                        nextIndex = entry.index() + 1;
                        take(entry);
                    });
        }
        nextIndex = Math.max(nextIndex, size);
    }

    private void take(Entry entry) {
        switch (entry.event().body()) {
            case Event.Payload payload -> {
                JsonNode body = Json.mapper().readTree(payload.bytes());
                String request = body.required("request").asString();
                if (!confirmed.contains(request)) {
                    open.put(
                            request,
                            new Open(
                                    entry.index(),
                                    entry.event().subject(),
                                    body.required("pseudonym").asString(),
                                    body.required("order").asLong()));
                }
            }
            case Event.Inline inline -> {
                if (entry.event().type().equals(CONFIRMED)) {
                    String request = inline.json().required("request").asString();
                    confirmed.add(request);
                    open.remove(request);
                } else if (inline.json().has("order")) {
                    gone.add(inline.json().required("order").asLong());
                }
            }
            case Event.Erased erased -> {
                // its receipt is here
            }
        }
    }
}
