package org.roadloop.app.clearing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.DeletionReceipt;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.UsageEvents;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.policy.Verdict;
import org.roadloop.dataspace.access.Digests;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps the duty {@code delete} on both sides (到期删除). As a consumer: deletes by itself what was
 * received under a contract, signs a receipt and brings it to the provider. As a provider: deletes
 * what was made for the contract alone, and notes the duty as violated when no receipt came. {@link
 * #look} from one thread.
 *
 * <p>All of it is a fold of the ledger, so a restart goes on where it was: {@code deletion.begun}
 * names the files before they go, {@code duty.performed} holds the receipt once they are gone,
 * {@code deletion.reported} ends it when the provider has it.
 */
public final class Deletions {
    static final String BEGUN = "deletion.begun";
    static final String REPORTED = "deletion.reported";

    /** A provider's own copies for a contract go: {@code duty, files}. */
    static final String COPIES = "deletion.copies";

    private static final Set<String> TYPES =
            Set.of(BEGUN, REPORTED, UsageEvents.PERFORMED, UsageEvents.VIOLATED);

    private static final Logger LOG = LoggerFactory.getLogger(Deletions.class);
    private static final String DELETE = "delete";

    /** Before its deadline, a tenth of the time: a receipt says when, and must say in time. */
    private static final Duration MOST_AHEAD = Duration.ofSeconds(5);

    /** Two looks. */
    private static final Duration LEAST_AHEAD = Duration.ofSeconds(2);

    private static final Duration MOST_PAUSE = Duration.ofMinutes(5);

    private final Ledger ledger;
    private final ContractBook book;
    private final ContractGate gate;
    private final Signer signer;
    private final Peers peers;
    private final List<KeptCopies> copies;
    private final Clock clock;

    private long nextIndex;

    /** How many contracts were looked at. */
    private int contracts;

    /** Those of them with a duty to delete, by agreement. */
    private final Set<String> mentioning = new LinkedHashSet<>();

    /** What is being deleted, by duty. */
    private final Map<Duty, List<DeletionReceipt.DeletedFile>> begun = new HashMap<>();

    private final Set<Duty> done = new HashSet<>();
    private final Set<Duty> violated = new HashSet<>();

    /** Receipts that the provider does not have yet, by ledger index. */
    private final Map<Long, Undelivered> undelivered = new TreeMap<>();

    private record Duty(String agreement, String id) {}

    private static final class Undelivered {
        final String agreement;
        final JsonNode evidence;
        Instant next = Instant.MIN;
        Duration pause = Duration.ofSeconds(1);

        Undelivered(String agreement, JsonNode evidence) {
            this.agreement = agreement;
            this.evidence = evidence;
        }
    }

    /**
     * @param copies all places where data of contracts is kept here; may grow
     */
    public Deletions(
            Ledger ledger,
            ContractBook book,
            ContractGate gate,
            Signer signer,
            Peers peers,
            List<KeptCopies> copies,
            Clock clock) {
        this.ledger = ledger;
        this.book = book;
        this.gate = gate;
        this.signer = signer;
        this.peers = peers;
        this.copies = copies;
        this.clock = clock;
    }

    /** Does what is due. What fails is tried again at the next look. */
    public void look() {
        catchUp();
        noteNewContracts();
        for (String id : mentioning) {
            ContractBook.Contract contract = book.findContract(id).orElse(null);
            if (contract == null) {
                continue; // another node's entries are being folded
            }
            for (Verdict.Due duty : gate.duties(contract.agreement().id())) {
                if (duty.duty().action().equals(DELETE) && duty.deadline() != null) {
                    look(contract, duty, duty.deadline());
                }
            }
        }
        catchUp();
        undelivered.forEach(this::deliver);
        catchUp();
    }

    /** Most contracts have no such duty, and there may be very many. */
    private void noteNewContracts() {
        int count = book.contractsCount();
        if (count == contracts) {
            return;
        }
        contracts = count;
        for (ContractBook.Contract contract : book.listContracts()) {
            if (mentionsDeletion(contract.agreement())) {
                mentioning.add(contract.agreement().id());
            }
        }
    }

    private static boolean mentionsDeletion(Agreement agreement) {
        return agreement.policy().obligations().stream().anyMatch(d -> d.action().equals(DELETE))
                || agreement.policy().permissions().stream()
                        .flatMap(p -> p.duties().stream())
                        .anyMatch(d -> d.action().equals(DELETE));
    }

    private void look(ContractBook.Contract contract, Verdict.Due due, Instant deadline) {
        Duty duty = new Duty(contract.agreement().id(), due.id());
        Instant now = clock.instant();
        Instant ahead = deadline.minus(ahead(contract.agreement(), deadline));
        if (contract.self() == Role.PROVIDER) {
            if (!now.isBefore(ahead)) {
                deleteOwn(contract, duty);
            }
            if (now.isAfter(deadline.plus(gate.grace()))
                    && due.deontic() == Verdict.Deontic.VIOLATED
                    && violated.add(duty)) {
                gate.noteDutyViolated(duty.agreement(), duty.id(), deadline);
                LOG.warn(
                        "no receipt of a deletion under {} came by {}: nothing is permitted under it"
                                + " any more",
                        duty.agreement(),
                        deadline);
            }
            return;
        }
        if (now.isBefore(ahead)) {
            return;
        }
        try {
            List<KeptCopies.Copy> files = stopped(contract);
            if (!done.contains(duty) || !files.isEmpty()) {
                delete(contract.agreement(), duty, files);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.error("what is to be deleted under {} could not be", duty.agreement(), e);
        }
    }

    private static Duration ahead(Agreement agreement, Instant deadline) {
        Duration tenth = Duration.between(agreement.agreedAt(), deadline).dividedBy(10);
        return tenth.compareTo(LEAST_AHEAD) < 0 ? LEAST_AHEAD : shorter(tenth, MOST_AHEAD);
    }

    /** What is kept under a contract, once nothing more comes in. */
    private List<KeptCopies.Copy> stopped(ContractBook.Contract contract) throws IOException {
        List<KeptCopies.Copy> files = new ArrayList<>();
        for (KeptCopies place : copies) {
            place.stop(contract);
            files.addAll(place.list(contract));
        }
        return files;
    }

    /** Made here for tasks under the contract: no receipt is owed to anybody. */
    private void deleteOwn(ContractBook.Contract contract, Duty duty) {
        try {
            List<KeptCopies.Copy> files = stopped(contract);
            if (!files.isEmpty()) {
                ObjectNode body = Json.mapper().createObjectNode().put("duty", duty.id());
                body.set("files", DeletionReceipt.write(named(files)));
                append(COPIES, duty.agreement(), body);
                remove(files);
                LOG.info("{} copies made for {} are deleted", files.size(), duty.agreement());
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.error("copies made for {} could not be deleted", duty.agreement(), e);
        }
    }

    /** Checksums and sizes. */
    static List<DeletionReceipt.DeletedFile> named(List<KeptCopies.Copy> files) throws IOException {
        List<DeletionReceipt.DeletedFile> named = new ArrayList<>();
        for (KeptCopies.Copy copy : files) {
            long dataBytes = Files.size(copy.file());
            named.add(
                    new DeletionReceipt.DeletedFile(
                            HexFormat.of().formatHex(Digests.sha256(copy.file(), 0, dataBytes)),
                            dataBytes,
                            copy.whole()));
        }
        return named;
    }

    static void remove(List<KeptCopies.Copy> files) throws IOException {
        for (KeptCopies.Copy copy : files) {
            Files.deleteIfExists(copy.file());
            if (Files.exists(copy.file())) {
                throw new IOException(copy.file().getFileName() + " is still there");
            }
        }
    }

    private void delete(Agreement agreement, Duty duty, List<KeptCopies.Copy> files)
            throws IOException {
        List<DeletionReceipt.DeletedFile> deleted =
                new ArrayList<>(begun.getOrDefault(duty, List.of()));
        List<DeletionReceipt.DeletedFile> now = named(files);
        now.removeAll(deleted); // named before a restart
        if (!now.isEmpty()) {
            ObjectNode body = Json.mapper().createObjectNode().put("duty", duty.id());
            body.set("files", DeletionReceipt.write(now));
            append(BEGUN, agreement.id(), body);
            deleted.addAll(now);
        }
        remove(files);
        DeletionReceipt receipt =
                new DeletionReceipt(
                        agreement.id(),
                        agreement.asset(),
                        duty.id(),
                        clock.instant(),
                        signer.did(),
                        deleted);
        ObjectNode evidence = Json.mapper().createObjectNode();
        evidence.set("receipt", receipt.toJson());
        evidence.put("signature", Jws.sign(receipt.signedBytes(), signer, DeletionReceipt.TYPE));
        gate.noteDutyPerformed(
                agreement.id(), duty.id(), receipt.deletedAt(), signer.did(), evidence);
        LOG.info("{} files under {} are deleted, as agreed", deleted.size(), agreement.id());
        catchUp();
    }

    private void append(String type, String agreement, JsonNode body) {
        ledger.append(Event.of(type, clock.instant(), signer.did(), agreement, body));
    }

    private void deliver(long index, Undelivered receipt) {
        Instant now = clock.instant();
        if (now.isBefore(receipt.next)) {
            return;
        }
        try {
            peers.post(
                    peers.of(book.getContract(receipt.agreement)),
                    DeletionRoutes.path(receipt.agreement),
                    receipt.evidence);
            append(REPORTED, receipt.agreement, Json.mapper().createObjectNode().put("of", index));
        } catch (Problem | org.roadloop.dataspace.identity.CallerIdentity.UnauthorizedException e) {
            receipt.next = now.plus(receipt.pause);
            receipt.pause = shorter(receipt.pause.multipliedBy(2), MOST_PAUSE);
            LOG.warn(
                    "the receipt of a deletion under {} waits: {}",
                    receipt.agreement,
                    e.getMessage());
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    // ---------------------------------------------------------------- the fold

    private void catchUp() {
        long size = ledger.size();
        if (size <= nextIndex) {
            return;
        }
        try (Stream<Entry> entries = ledger.read(nextIndex, TYPES)) {
            entries.forEach(
                    entry -> {
                        nextIndex = entry.index() + 1;
                        if (entry.event().body() instanceof Event.Inline inline) {
                            take(entry, inline);
                        }
                    });
        }
        nextIndex = Math.max(nextIndex, size);
    }

    private void take(Entry entry, Event.Inline inline) {
        String agreement = entry.event().subject();
        switch (entry.event().type()) {
            case BEGUN ->
                    begun.computeIfAbsent(duty(agreement, inline.json()), d -> new ArrayList<>())
                            .addAll(DeletionReceipt.files(inline.json().required("files")));
            case UsageEvents.PERFORMED -> {
                JsonNode evidence = inline.json().path("evidence");
                if (evidence.has("receipt")
                        && inline.json().path("by").asString("").equals(signer.did())) {
                    Duty duty = duty(agreement, inline.json());
                    done.add(duty);
                    begun.remove(duty);
                    undelivered.put(entry.index(), new Undelivered(agreement, evidence));
                }
            }
            case UsageEvents.VIOLATED -> violated.add(duty(agreement, inline.json()));
            case REPORTED -> undelivered.remove(inline.json().required("of").asLong());
            default -> {}
        }
    }

    private static Duty duty(String agreement, JsonNode body) {
        return new Duty(agreement, body.required("duty").asString());
    }
}
