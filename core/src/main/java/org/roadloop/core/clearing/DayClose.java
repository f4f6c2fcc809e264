package org.roadloop.core.clearing;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Jcs;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a day came to (日终清算), computed from the ledger up to the {@code clearing.day-ended} entry
 * and nothing else: whoever holds the ledger gets the same bytes.
 *
 * @param cutIndex ledger index of the {@code clearing.day-ended} event
 * @param currencies by code; none if nobody owed anything
 * @param stateHash lower-case hex of SHA-256 of {@link Clearing#state} after the close
 */
public record DayClose(
        LocalDate day,
        String zone,
        long cutIndex,
        List<CurrencyClose> currencies,
        String stateHash) {
    /** A leaf has at most 65,535 bytes; positions and transfers beyond this go to a next part. */
    private static final int PART_BYTES = 48_000;

    public DayClose {
        currencies = List.copyOf(currencies);
    }

    /**
     * @param positions by DID
     * @param bilateral what each pair would pay
     * @param payments what is to be paid, at most one fewer than there are positions
     */
    public record CurrencyClose(
            String currency,
            List<Position> positions,
            List<Transfer> bilateral,
            List<Transfer> payments) {
        public CurrencyClose {
            positions = List.copyOf(positions);
            bilateral = List.copyOf(bilateral);
            payments = List.copyOf(payments);
        }

        /** What was owed for the day becomes one net amount to be paid. */
        List<JournalEntry> journal(LocalDate day, long cutIndex) {
            List<JournalEntry> entries = new ArrayList<>();
            for (Position p : positions) {
                entries.add(
                        new JournalEntry(
                                day,
                                JournalEntry.Kind.NETTING,
                                "",
                                p.participant(),
                                "",
                                Evidence.of(cutIndex),
                                List.of(
                                        posting(p, Account.Kind.RECEIVABLE, -p.receivableMilli()),
                                        posting(p, Account.Kind.PAYABLE, p.payableMilli()),
                                        posting(p, Account.Kind.SETTLEMENT, p.netMilli()))));
            }
            return entries;
        }

        private Posting posting(Position position, Account.Kind kind, long milli) {
            return new Posting(new Account(position.participant(), kind, currency), milli);
        }
    }

    /** What a participant is to get and to pay for the day. */
    public record Position(String participant, long receivableMilli, long payableMilli) {
        /** Positive: to get. */
        public long netMilli() {
            return Math.subtractExact(receivableMilli, payableMilli);
        }
    }

    /** DIDs, and more than 0 thousandths. */
    public record Transfer(String from, String to, long milli) {}

    /** Subject of the events about a day. */
    public static String subject(LocalDate day) {
        return "clearing:" + day;
    }

    /** The evidence, {@code clearing.closed}: at least one, to be appended together. */
    public List<Event> events(Instant at, String actor) {
        List<ObjectNode> bodies = new ArrayList<>();
        for (CurrencyClose currency : currencies) {
            bodies.addAll(parts(currency));
        }
        if (bodies.isEmpty()) {
            bodies.add(head());
        }
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < bodies.size(); i++) {
            bodies.get(i).put("part", i + 1).put("parts", bodies.size());
            events.add(Event.of(Clearing.CLOSED, at, actor, subject(day), bodies.get(i)));
        }
        return events;
    }

    private List<ObjectNode> parts(CurrencyClose close) {
        List<ObjectNode> parts = new ArrayList<>();
        Part part = new Part(parts, close.currency());
        for (Position p : close.positions()) {
            part.add(
                    "positions",
                    JsonMapper.shared()
                            .createObjectNode()
                            .put("participant", p.participant())
                            .put("receivableMilli", p.receivableMilli())
                            .put("payableMilli", p.payableMilli())
                            .put("netMilli", p.netMilli()));
        }
        close.bilateral().forEach(t -> part.add("bilateral", json(t)));
        close.payments().forEach(t -> part.add("payments", json(t)));
        return parts;
    }

    private final class Part {
        private final List<ObjectNode> parts;
        private final String currency;
        private int bytes = PART_BYTES;

        Part(List<ObjectNode> parts, String currency) {
            this.parts = parts;
            this.currency = currency;
        }

        void add(String list, ObjectNode item) {
            int length = Jcs.bytes(item).length + 1;
            if (bytes + length > PART_BYTES) {
                ObjectNode body = head().put("currency", currency);
                body.putArray("positions");
                body.putArray("bilateral");
                body.putArray("payments");
                parts.add(body);
                bytes = 0;
            }
            bytes += length;
            ((ArrayNode) parts.getLast().required(list)).add(item);
        }
    }

    private ObjectNode head() {
        return JsonMapper.shared()
                .createObjectNode()
                .put("day", day.toString())
                .put("zone", zone)
                .put("cutIndex", cutIndex)
                .put("stateHash", stateHash);
    }

    private static ObjectNode json(Transfer transfer) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("from", transfer.from())
                .put("to", transfer.to())
                .put("milli", transfer.milli());
    }
}
