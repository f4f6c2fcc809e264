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
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.contract.AgreedAssets;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractBook.TransferStep;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.Decider.Decision;
import org.roadloop.core.contract.Dialogue;
import org.roadloop.core.contract.Message;
import org.roadloop.core.contract.Message.TransferCompletionMessage;
import org.roadloop.core.contract.Message.TransferMessage;
import org.roadloop.core.contract.Message.TransferRequestMessage;
import org.roadloop.core.contract.Message.TransferStartMessage;
import org.roadloop.core.contract.Message.TransferSuspensionMessage;
import org.roadloop.core.contract.Message.TransferTerminationMessage;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.Settlement;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.dataspace.access.AccessTokens;
import org.roadloop.dataspace.access.DataFlow;
import org.roadloop.dataspace.access.DataRoute;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** The transfers of one connector, both roles (传输). Any thread. */
final class Transfers implements Matter {
    /** Told with each transfer that is stopped because its contract is. */
    static final String AGREEMENT_SUSPENDED = "agreement_suspended";

    private static final Logger log = LoggerFactory.getLogger(Transfers.class);

    private final ConnectorConfig config;
    private final ContractBook book;
    private final AgreedAssets assets;
    private final Decider decider;
    private final AccessTokens tokens;
    private final Courier courier;
    private final Turns turns;
    private final Beginnings beginnings = new Beginnings();
    private final Map<String, CompletableFuture<TransferStarted>> waiting =
            new ConcurrentHashMap<>();

    /** Data addresses with their tokens: in memory only, by our pid as consumer. */
    private final Map<String, DataAddress> addresses = new ConcurrentHashMap<>();

    /** Requests that the provider does not have yet, with the secrets of their destinations. */
    private final Map<String, TransferRequestMessage> asked = new ConcurrentHashMap<>();

    /** Further ways for data to go; pull and compute-to-data are known here. */
    final List<DataFlow> flows = new CopyOnWriteArrayList<>();

    Transfers(
            ConnectorConfig config,
            ContractBook book,
            AssetCatalog catalog,
            Decider decider,
            AccessTokens tokens,
            Courier courier,
            Executor executor) {
        this.config = config;
        this.book = book;
        this.assets = new AgreedAssets(catalog, book);
        this.decider = decider;
        this.tokens = tokens;
        this.courier = courier;
        turns = new Turns(book, courier, executor);
        book.listen(
                new ContractBook.Listener() {
                    @Override
                    public void moved(TransferProcess to) {
                        finish(to);
                    }
                });
    }

    // ---------------------------------------------------------------- inbound

    /**
     * A consumer asks for access; asked again it finds what it began.
     *
     * @param answered what is to follow once the peer has the answer
     */
    TransferProcess begin(
            String caller, TransferRequestMessage message, String id, Consumer<Runnable> answered) {
        String peerPid = message.consumerPid();
        boolean known = book.findTransferByPeerPid(caller, peerPid).isPresent();
        if (!known) {
            check(caller, message);
        }
        TransferStep step =
                beginnings.begin(
                        caller,
                        peerPid,
                        () -> book.findTransferByPeerPid(caller, peerPid),
                        pid -> {
                            if (!known) {
                                flow(message.format())
                                        .ifPresent(flow -> destination(flow, pid, message));
                            }
                            Dialogue empty =
                                    new Dialogue(
                                            Role.PROVIDER,
                                            pid,
                                            peerPid,
                                            caller,
                                            message.callbackAddress(),
                                            List.of());
                            return book.beginTransfer(empty, message, Role.CONSUMER, id);
                        });
        answer(step, answered);
        return step.now();
    }

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
                    409,
                    "agreement_terminated",
                    "the agreement was terminated by "
                            + contract.ended().map(ContractBook.Ended::by).orElse("one side"));
        }
        if (!book.suspensions(message.agreementId()).isEmpty()) {
            throw new DspException(409, AGREEMENT_SUSPENDED, "the agreement is suspended");
        }
        Asset asset = assets.get(message.agreementId());
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

    void on(
            String pid,
            String caller,
            TransferMessage message,
            String id,
            Consumer<Runnable> answered) {
        Dialogue d = get(pid, caller).dialogue();
        TransferStep step =
                book.applyTransfer(pid, message, d.self().other(), id, courier.mayNotHaveHeard(d));
        if (message instanceof TransferStartMessage start
                && !(step.outcome() instanceof TransferProcess.Outcome.Refused)) {
            started(step.now(), start.dataAddress());
        }
        answer(step, answered);
    }

    private void answer(TransferStep step, Consumer<Runnable> answered) {
        switch (step.outcome()) {
            case TransferProcess.Outcome.Moved moved ->
                    answered.accept(
                            () -> {
                                flowOn(moved.to());
                                turn(moved.to());
                            });
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

    /** Asks the decider on a thread of its own. */
    void turn(TransferProcess transfer) {
        if (!transfer.ended()) {
            String pid = transfer.dialogue().pid();
            turns.take(this, pid, () -> act(pid, decider.decide(transfer)));
        }
    }

    /** Carries out a decision, the decider's or a person's. */
    void act(String pid, Decision decision) {
        switch (decision) {
            case Decision.Agree agree -> {
                TransferProcess transfer = book.getTransfer(pid);
                if (transfer instanceof TransferProcess.Requested
                        && transfer.dialogue().self() == Role.PROVIDER) {
                    start(pid);
                }
            }
            case Decision.Resume resume -> start(pid);
            case Decision.Suspend s -> suspend(pid, s.code(), s.reason());
            case Decision.Complete c -> complete(pid);
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
        if (!book.suspensions(transfer.agreementId()).isEmpty()) {
            throw new IllegalStateException(
                    "agreement '" + transfer.agreementId() + "' is suspended; resume it first");
        }
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
        String pid = newId();
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
        if (message.dataAddress() != null) {
            asked.put(pid, message);
        }
        book.beginTransfer(empty, message, Role.CONSUMER, newId());
        courier.wake(this, pid);
        return future;
    }

    private static String newId() {
        return "urn:uuid:" + UUID.randomUUID();
    }

    private void say(String pid, TransferMessage message) {
        TransferStep step =
                book.applyTransfer(
                        pid, message, book.getTransfer(pid).dialogue().self(), newId(), false);
        switch (step.outcome()) {
            case TransferProcess.Outcome.Moved moved -> courier.wake(this, pid);
            case TransferProcess.Outcome.Repeated repeated -> {}
            case TransferProcess.Outcome.Refused refused ->
                    throw new IllegalStateException(refused.why());
        }
    }

    // ---------------------------------------------------------------- for the courier

    @Override
    public String kind() {
        return "transfer";
    }

    @Override
    public Dialogue dialogue(String pid) {
        return book.getTransfer(pid).dialogue();
    }

    @Override
    public String state(String pid) {
        return book.getTransfer(pid).state();
    }

    @Override
    public boolean ended(String pid) {
        return book.getTransfer(pid).ended();
    }

    @Override
    public boolean awaits(String pid) {
        TransferProcess now = book.getTransfer(pid);
        return now instanceof TransferProcess.Requested && now.dialogue().self() == Role.CONSUMER;
    }

    /**
     * The ledger keeps no token: a start of the provider gets a new one each time it is sent, and a
     * request of this run has its own.
     */
    @Override
    public JsonNode json(String pid, Dialogue.Turn turn) {
        TransferProcess transfer = book.getTransfer(pid);
        Message message = turn.message();
        if (message instanceof TransferStartMessage
                && transfer.dialogue().self() == Role.PROVIDER
                && transfer instanceof TransferProcess.Started) {
            Optional<TransferStartMessage> start = startMessage(transfer);
            if (start.isPresent()) {
                message = start.get();
            }
        } else if (message instanceof TransferRequestMessage && asked.get(pid) != null) {
            message = asked.get(pid);
        }
        return MessageJson.write(message, turn.id());
    }

    @Override
    public void learn(String pid, String peerPid) {
        book.learn(pid, peerPid);
    }

    @Override
    public void taken(String pid) {
        asked.remove(pid);
        TransferProcess now = book.getTransfer(pid);
        flowOn(now);
        turn(now);
    }

    /** The consumer knows of the start: what is pushed may go. */
    private void flowOn(TransferProcess now) {
        if (now instanceof TransferProcess.Started && now.dialogue().self() == Role.PROVIDER) {
            flow(now.format()).ifPresent(flow -> flow.started(now));
        }
    }

    @Override
    public Settlement settle(String pid, Dialogue.Turn turn, String theirs) {
        return Settlement.of(book.getTransfer(pid), (TransferMessage) turn.message(), theirs);
    }

    @Override
    public void end(String pid, String code, String reason) {
        if (!book.getTransfer(pid).ended()) {
            terminate(pid, code, List.of(reason));
        }
    }

    @Override
    public String path(Dialogue d, Message message) {
        return path(d, (TransferMessage) message);
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
            asked.remove(to.dialogue().pid());
        }
        if (to instanceof TransferProcess.Terminated t) {
            CompletableFuture<TransferStarted> future = waiting.remove(t.dialogue().pid());
            if (future != null) {
                future.completeExceptionally(
                        new TerminatedException("transfer", t.by(), t.code(), t.reason()));
            }
        }
    }

    /** After a restart: says our last words again, and decides where it is our turn. */
    void resume() {
        for (TransferProcess transfer : book.listTransfers()) {
            turns.resume(this, transfer.dialogue(), () -> turn(transfer));
        }
    }
}
