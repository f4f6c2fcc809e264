package org.roadloop.dataspace.dsp;

import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractBook.TransferStep;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.Decider.Decision;
import org.roadloop.core.contract.Dialogue;
import org.roadloop.core.contract.Message.TransferCompletionMessage;
import org.roadloop.core.contract.Message.TransferMessage;
import org.roadloop.core.contract.Message.TransferRequestMessage;
import org.roadloop.core.contract.Message.TransferStartMessage;
import org.roadloop.core.contract.Message.TransferSuspensionMessage;
import org.roadloop.core.contract.Message.TransferTerminationMessage;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.dataspace.access.AccessTokens;
import org.roadloop.dataspace.access.DataFlow;
import org.roadloop.dataspace.access.DataRoute;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The transfers of one connector, both roles (传输). Any thread. */
final class Transfers {
    private static final Logger log = LoggerFactory.getLogger(Transfers.class);
    private static final long CROSSING_MILLIS = 300;

    private final ConnectorConfig config;
    private final ContractBook book;
    private final AssetCatalog catalog;
    private final Decider decider;
    private final AccessTokens tokens;
    private final Outbox outbox;
    private final Executor executor;
    private final Map<String, String> beginning = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<TransferStarted>> waiting =
            new ConcurrentHashMap<>();

    /** Data addresses with their tokens: in memory only, by our pid as consumer. */
    private final Map<String, DataAddress> addresses = new ConcurrentHashMap<>();

    Transfers(
            ConnectorConfig config,
            ContractBook book,
            AssetCatalog catalog,
            Decider decider,
            AccessTokens tokens,
            Outbox outbox,
            Executor executor) {
        this.config = config;
        this.book = book;
        this.catalog = catalog;
        this.decider = decider;
        this.tokens = tokens;
        this.outbox = outbox;
        this.executor = executor;
        book.listen(
                new ContractBook.Listener() {
                    @Override
                    public void moved(TransferProcess to) {
                        finish(to);
                    }
                });
    }

    // ---------------------------------------------------------------- inbound

    /** A consumer asks for access; asked again it finds what it began. */
    TransferProcess begin(String caller, TransferRequestMessage message) {
        String key = caller + " " + message.consumerPid();
        Optional<String> known = book.findTransferByPeerPid(caller, message.consumerPid());
        if (known.isEmpty()) {
            check(caller, message);
        }
        // the book is asked inside: what another thread began stands there before its key goes
        String pid =
                beginning.computeIfAbsent(
                        key,
                        k ->
                                book.findTransferByPeerPid(caller, message.consumerPid())
                                        .orElseGet(() -> "urn:uuid:" + UUID.randomUUID()));
        Dialogue empty =
                new Dialogue(
                        Role.PROVIDER,
                        pid,
                        message.consumerPid(),
                        caller,
                        message.callbackAddress(),
                        List.of());
        TransferStep step;
        try {
            if (known.isEmpty()) {
                flow(message.format()).ifPresent(flow -> destination(flow, pid, message));
            }
            step = book.beginTransfer(empty, message, Role.CONSUMER);
        } finally {
            beginning.remove(key);
        }
        answer(step);
        return step.now();
    }

    /** Further ways for data to go; pull and compute-to-data are known here. */
    final List<DataFlow> flows = new CopyOnWriteArrayList<>();

    private Optional<DataFlow> flow(String format) {
        return flows.stream().filter(flow -> flow.serves(format)).findFirst();
    }

    private void check(String caller, TransferRequestMessage message) {
        PeerAddress.check(message.callbackAddress(), config);
        ContractBook.Contract contract =
                book.findContract(message.agreementId())
                        .filter(c -> c.self() == Role.PROVIDER)
                        .filter(c -> c.agreement().consumer().equals(caller))
                        .orElseThrow(
                                () ->
                                        new DspException(
                                                404,
                                                "agreement_unknown",
                                                "no finalized agreement '"
                                                        + message.agreementId()
                                                        + "' with you is held here"));
        if (!contract.inForce()) {
            throw new DspException(
                    409, "agreement_terminated", "the agreement was terminated by the provider");
        }
        Asset asset = catalog.getPublished(contract.agreement().asset());
        if (!asset.formats().contains(message.format())) {
            throw new DspException(
                    400,
                    "format_unknown",
                    "format '"
                            + message.format()
                            + "' is not offered; formats are "
                            + String.join(", ", asset.formats()));
        }
    }

    private static void destination(DataFlow flow, String pid, TransferRequestMessage message) {
        try {
            flow.requested(pid, message.format(), message.dataAddress());
        } catch (IllegalArgumentException e) {
            throw new DspException(400, "data_address_refused", String.valueOf(e.getMessage()));
        }
    }

    void on(String pid, String caller, TransferMessage message) {
        TransferProcess transfer = get(pid, caller);
        TransferStep step = book.applyTransfer(pid, message, transfer.dialogue().self().other());
        if (message instanceof TransferStartMessage start
                && !(step.outcome() instanceof TransferProcess.Outcome.Refused)) {
            started(step.now(), start.dataAddress());
        }
        answer(step);
    }

    private void answer(TransferStep step) {
        switch (step.outcome()) {
            case TransferProcess.Outcome.Moved moved -> turn(moved.to());
            case TransferProcess.Outcome.Repeated repeated -> {}
            case TransferProcess.Outcome.Refused refused ->
                    throw new DspException(409, refused.code(), refused.why());
        }
    }

    TransferProcess get(String pid, String caller) {
        return book.findTransfer(pid)
                .filter(t -> t.dialogue().peer().equals(caller))
                .orElseThrow(() -> new NoSuchElementException("no transfer '" + pid + "'"));
    }

    private void started(TransferProcess now, @Nullable DataAddress address) {
        String pid = now.dialogue().pid();
        if (now.dialogue().self() == Role.CONSUMER && address != null) {
            addresses.put(pid, address);
        }
        DataAddress known = addresses.get(pid);
        CompletableFuture<TransferStarted> future = waiting.remove(pid);
        if (future != null) {
            future.complete(
                    new TransferStarted(
                            pid,
                            now.agreementId(),
                            now.format(),
                            known != null ? known : new DataAddress("", "", Map.of())));
        }
    }

    /** Where the data of a started transfer of ours as consumer can be had, token included. */
    Optional<TransferStarted> findStarted(String pid) {
        DataAddress address = addresses.get(pid);
        return address == null
                ? Optional.empty()
                : book.findTransfer(pid)
                        .filter(TransferProcess.Started.class::isInstance)
                        .map(t -> new TransferStarted(pid, t.agreementId(), t.format(), address));
    }

    // ---------------------------------------------------------------- our turn

    void turn(TransferProcess transfer) {
        if (transfer instanceof TransferProcess.Requested
                && transfer.dialogue().self() == Role.PROVIDER) {
            executor.execute(
                    () -> {
                        try {
                            act(transfer.dialogue().pid(), decider.decide(transfer));
                        } catch (RuntimeException e) {
                            log.error(
                                    "deciding on transfer {} failed; it stays {}",
                                    transfer.dialogue().pid(),
                                    transfer.state(),
                                    e);
                        }
                    });
        }
    }

    void act(String pid, Decision decision) {
        switch (decision) {
            case Decision.Agree agree -> start(pid);
            case Decision.Terminate t -> terminate(pid, t.code(), t.reason());
            case Decision.Hold hold -> log.debug("transfer {} is held: {}", pid, hold.why());
            case Decision.CounterOffer counter ->
                    throw new IllegalArgumentException("a transfer knows no counter-offer");
        }
    }

    /** Starts, or resumes after a suspension. */
    void start(String pid) {
        TransferProcess transfer = book.getTransfer(pid);
        Dialogue d = transfer.dialogue();
        if (d.self() == Role.CONSUMER) {
            say(pid, new TransferStartMessage(d.providerPid(), d.consumerPid(), null));
            return;
        }
        if (!book.getContract(transfer.agreementId()).inForce()) {
            terminate(pid, "agreement_terminated", List.of("the agreement was terminated"));
            return;
        }
        Optional<TransferStartMessage> start = startMessage(transfer);
        if (start.isEmpty()) {
            terminate(
                    pid,
                    "format_not_served",
                    List.of("nothing here serves format '" + transfer.format() + "'"));
            return;
        }
        say(pid, start.get());
    }

    /**
     * With a new token where the consumer comes for the data; empty if nothing serves the format.
     */
    private Optional<TransferStartMessage> startMessage(TransferProcess transfer) {
        Dialogue d = transfer.dialogue();
        Optional<DataFlow> flow = flow(transfer.format());
        Optional<DataAddress> address =
                flow.isPresent() ? flow.get().address(transfer) : address(transfer);
        return address.isEmpty() && flow.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new TransferStartMessage(
                                d.providerPid(), d.consumerPid(), address.orElse(null)));
    }

    private Optional<DataAddress> address(TransferProcess transfer) {
        return switch (transfer.format()) {
            case Connector.COMPUTE_TO_DATA ->
                    config.tesUrl()
                            .map(
                                    tes ->
                                            DataAddress.bearer(
                                                    "https://roadloop.org/ns/endpoint#ga4gh-tes-v1",
                                                    tes.toString(),
                                                    tokens.issue(transfer)));
            case DataRoute.FORMAT ->
                    Optional.of(DataRoute.address(config.origin(), transfer, tokens));
            default -> Optional.empty();
        };
    }

    void complete(String pid) {
        Dialogue d = book.getTransfer(pid).dialogue();
        say(pid, new TransferCompletionMessage(d.providerPid(), d.consumerPid()));
    }

    void suspend(String pid, String code, List<String> reason) {
        Dialogue d = book.getTransfer(pid).dialogue();
        say(pid, new TransferSuspensionMessage(d.providerPid(), d.consumerPid(), code, reason));
    }

    void terminate(String pid, String code, List<String> reason) {
        Dialogue d = book.getTransfer(pid).dialogue();
        say(pid, new TransferTerminationMessage(d.providerPid(), d.consumerPid(), code, reason));
    }

    // ---------------------------------------------------------------- outbound

    /** Begins as consumer under a contract in force. */
    CompletableFuture<TransferStarted> request(
            String agreementId,
            String format,
            Function<String, @Nullable DataAddress> destination) {
        ContractBook.Contract contract = book.getContract(agreementId);
        if (contract.self() != Role.CONSUMER || !contract.inForce()) {
            throw new IllegalArgumentException(
                    "agreement '" + agreementId + "' is no contract in force with us as consumer");
        }
        Dialogue negotiation = book.getNegotiation(contract.negotiationPid()).dialogue();
        String pid = "urn:uuid:" + UUID.randomUUID();
        CompletableFuture<TransferStarted> future = new CompletableFuture<>();
        waiting.put(pid, future);
        TransferRequestMessage message =
                new TransferRequestMessage(
                        pid,
                        agreementId,
                        format,
                        destination.apply(pid),
                        config.address().toString());
        Dialogue empty =
                new Dialogue(
                        Role.CONSUMER,
                        "",
                        pid,
                        negotiation.peer(),
                        negotiation.peerAddress(),
                        List.of());
        book.beginTransfer(empty, message, Role.CONSUMER);
        executor.execute(() -> deliver(pid, message));
        return future;
    }

    private void say(String pid, TransferMessage message) {
        TransferStep step =
                book.applyTransfer(pid, message, book.getTransfer(pid).dialogue().self());
        switch (step.outcome()) {
            case TransferProcess.Outcome.Moved moved ->
                    executor.execute(() -> deliver(pid, message));
            case TransferProcess.Outcome.Repeated repeated -> {}
            case TransferProcess.Outcome.Refused refused ->
                    throw new IllegalStateException(refused.why());
        }
    }

    private void deliver(String pid, TransferMessage message) {
        Dialogue d = book.getTransfer(pid).dialogue();
        String path = path(d, message);
        if (path.isEmpty()) {
            log.info(
                    "transfer {}: the peer never gave its pid, {} stays here", pid, message.type());
            return;
        }
        Outbox.Answer answer =
                outbox.post(d.peerAddress(), path, MessageJson.write(message), d.peer());
        if (answer.ok()) {
            String peerPid = answer.body().path("providerPid").asString("");
            if (!peerPid.isEmpty() && d.peerPid().isEmpty()) {
                book.learn(pid, peerPid);
            }
            if (message instanceof TransferStartMessage) {
                flowOn(pid);
            }
            return;
        }
        refused(pid, message, answer);
    }

    /** The consumer knows of the start: what is pushed may go. */
    private void flowOn(String pid) {
        TransferProcess now = book.getTransfer(pid);
        if (now instanceof TransferProcess.Started && now.dialogue().self() == Role.PROVIDER) {
            flow(now.format()).ifPresent(flow -> flow.started(now));
        }
    }

    private void refused(String pid, TransferMessage message, Outbox.Answer answer) {
        try {
            Thread.sleep(CROSSING_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        TransferProcess now = book.getTransfer(pid);
        Dialogue.Turn last = now.dialogue().turns().getLast();
        if (now.ended() || !last.message().equals(TransferProcess.withoutSecret(message))) {
            return;
        }
        log.warn(
                "transfer {}: {} did not take our {}: {}",
                pid,
                now.dialogue().peer(),
                message.type(),
                answer.error());
        boolean unreachable = answer.status() == 0 || answer.status() >= 500;
        terminate(pid, unreachable ? "peer_unreachable" : "peer_refused", List.of(answer.error()));
    }

    private static String path(Dialogue d, TransferMessage message) {
        String base = "/transfers/" + Paths.segment(d.peerPid());
        if (message instanceof TransferRequestMessage) {
            return "/transfers/request";
        }
        if (d.peerPid().isEmpty()) {
            return "";
        }
        return switch (message) {
            case TransferRequestMessage m -> "/transfers/request";
            case TransferStartMessage m -> base + "/start";
            case TransferCompletionMessage m -> base + "/completion";
            case TransferSuspensionMessage m -> base + "/suspension";
            case TransferTerminationMessage m -> base + "/termination";
        };
    }

    private void finish(TransferProcess to) {
        if (to.ended()) {
            addresses.remove(to.dialogue().pid());
        }
        if (to instanceof TransferProcess.Terminated t) {
            CompletableFuture<TransferStarted> future = waiting.remove(t.dialogue().pid());
            if (future != null) {
                future.completeExceptionally(
                        new TerminatedException("transfer", t.by(), t.code(), t.reason()));
            }
        }
    }

    /** After a restart: says our last word again (a start with a new token), or decides. */
    void resume() {
        for (TransferProcess transfer : book.listTransfers()) {
            Dialogue.Turn last = transfer.dialogue().turns().getLast();
            boolean ours = last.sender() == transfer.dialogue().self();
            String pid = transfer.dialogue().pid();
            if (transfer.ended()) {
                continue;
            }
            if (!ours) {
                turn(transfer);
            } else if (last.message() instanceof TransferStartMessage
                    && transfer.dialogue().self() == Role.PROVIDER) {
                startMessage(transfer)
                        .ifPresent(start -> executor.execute(() -> deliver(pid, start)));
            } else {
                executor.execute(() -> deliver(pid, (TransferMessage) last.message()));
            }
        }
    }
}
