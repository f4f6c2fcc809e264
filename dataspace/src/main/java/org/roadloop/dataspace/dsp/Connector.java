package org.roadloop.dataspace.dsp;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.catalog.CatalogScope;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.Dialogue;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.Supersession;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Receipt;
import org.roadloop.core.policy.Policy;
import org.roadloop.dataspace.access.AccessTokens;
import org.roadloop.dataspace.access.DataFlow;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * One participant in the data space, provider and consumer (连接器): what the application calls. The
 * HTTP side is {@link DspRoutes}. Any thread.
 */
public final class Connector implements AutoCloseable {
    /** Transfer format: code goes to the data. */
    public static final String COMPUTE_TO_DATA = "compute-to-data";

    private static final Logger log = LoggerFactory.getLogger(Connector.class);

    private final ConnectorConfig config;
    private final ContractBook book;
    private final AssetCatalog catalog;
    private final CallerIdentity identity;
    private final Outbox outbox;
    private final Courier courier;
    private final CatalogReader reader;
    private final Clock clock;
    private final ExecutorService executor;
    private final ShownOffers shown = new ShownOffers();
    private volatile Supplier<List<NestedCatalog>> federated = List::of;
    final Negotiations negotiations;
    final Transfers transfers;
    final AgreementNotices notices;
    private final BadInput badInput = new BadInput();

    public Connector(
            ConnectorConfig config,
            ContractBook book,
            AssetCatalog catalog,
            Decider decider,
            Signer signer,
            CallerIdentity identity,
            AccessTokens tokens,
            HttpClient http,
            Clock clock) {
        this(
                config,
                book,
                catalog,
                decider,
                signer,
                identity,
                tokens,
                http,
                clock,
                Courier.Patience.USUAL);
    }

    Connector(
            ConnectorConfig config,
            ContractBook book,
            AssetCatalog catalog,
            Decider decider,
            Signer signer,
            CallerIdentity identity,
            AccessTokens tokens,
            HttpClient http,
            Clock clock,
            Courier.Patience patience) {
        this.config = config;
        this.book = book;
        this.catalog = catalog;
        this.identity = identity;
        executor = Executors.newVirtualThreadPerTaskExecutor();
        outbox = new Outbox(http, identity, config, patience.answer());
        this.clock = clock;
        reader =
                new CatalogReader(
                        http, identity, CatalogReader.Limits.USUAL.within(patience.answer()));
        Executor whileOpen = this::execute;
        courier = new Courier(outbox, whileOpen, patience, book::noteWordsTaken);
        negotiations =
                new Negotiations(
                        config, book, catalog, decider, signer, identity, courier, whileOpen,
                        clock);
        transfers = new Transfers(config, book, catalog, decider, tokens, courier, whileOpen);
        notices = new AgreementNotices(book, outbox, whileOpen);
        book.listen(
                new ContractBook.Listener() {
                    @Override
                    public void ended(ContractBook.Contract contract) {
                        if (superseded(contract)) {
                            endTransfersOf(contract, whileOpen, patience.ended());
                        }
                    }
                });
    }

    /**
     * The provider ends them at once. A provider of another make may not know that the contract has
     * been superseded, so the consumer ends what it has not heard the end of after a while.
     */
    private void endTransfersOf(
            ContractBook.Contract contract, Executor whileOpen, Duration consumerWaits) {
        Executor when =
                contract.self() == Role.PROVIDER
                        ? whileOpen
                        : CompletableFuture.delayedExecutor(
                                consumerWaits.toMillis(), TimeUnit.MILLISECONDS, whileOpen);
        when.execute(() -> endTransfers(contract));
    }

    private static boolean superseded(ContractBook.Contract contract) {
        return contract.ended().filter(e -> e.code().equals(Supersession.CODE)).isPresent();
    }

    private void endTransfers(ContractBook.Contract contract) {
        contract.ended()
                .ifPresent(e -> endTransfers(contract.agreement().id(), e.code(), e.reason()));
    }

    private void endTransfers(String agreementId, String code, List<String> reason) {
        for (TransferProcess transfer : listTransfers(agreementId)) {
            if (!transfer.ended()) {
                transfers.terminate(transfer.dialogue().pid(), code, reason);
            }
        }
    }

    /** What comes after the close is taken up by {@link #resume} of the next start. */
    private void execute(Runnable what) {
        try {
            executor.execute(what);
        } catch (RejectedExecutionException e) {
            log.debug("closed: something is left for the next start");
        }
    }

    /** Takes up what a restart interrupted; call once the routes answer. */
    public void resume() {
        negotiations.resume();
        transfers.resume();
        notices.resume();
        for (ContractBook.Contract contract : book.listContracts()) {
            if (superseded(contract)) {
                endTransfers(contract);
            }
        }
    }

    // ---------------------------------------------------------------- as consumer

    /**
     * @param provider the provider's address, with or without the protocol's path
     */
    public Catalog requestCatalog(URI provider) {
        String address = address(provider);
        try {
            Catalog catalog =
                    Catalog.fromPages(
                            reader.read(address, identity.didOf(provider), List.of()).pages(),
                            address);
            catalog.datasets().forEach(dataset -> shown.note(address, dataset));
            return catalog;
        } catch (CatalogReader.ReadException e) {
            if (e.status() == 404) {
                throw new NoSuchElementException(address + ": " + e.getMessage());
            }
            throw new IllegalStateException(address + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(address + ": interrupted", e);
        }
    }

    public Catalog.Dataset requestDataset(URI provider, String datasetId) {
        String address = address(provider);
        String path = "/catalog/datasets/" + Paths.segment(datasetId);
        Catalog.Dataset dataset =
                Catalog.dataset(
                        taken(outbox.get(address, path, identity.didOf(provider)), address + path),
                        "");
        shown.note(address, dataset);
        return dataset;
    }

    /**
     * Asks for a dataset on the terms of one of its offers; completes at FINALIZED.
     *
     * @param offerId as the provider shows it now, or has shown it lately
     */
    public CompletableFuture<Agreement> negotiate(URI provider, String datasetId, String offerId) {
        return begin(provider, datasetId, offerId).thenCompose(Begun::agreement);
    }

    /**
     * As {@link #negotiate(URI, String, String)}; completes when the negotiation stands in the
     * ledger. Cancelled before that, nothing is begun.
     */
    public CompletableFuture<Begun> begin(URI provider, String datasetId, String offerId) {
        return begin(provider, () -> offer(provider, datasetId, offerId));
    }

    /** As {@link #begin(URI, String, String)}, on given terms. */
    public CompletableFuture<Begun> begin(URI provider, Policy offer) {
        return begin(provider, () -> offer);
    }

    private CompletableFuture<Begun> begin(URI provider, Supplier<Policy> offer) {
        return CompletableFuture.supplyAsync(
                        () -> Map.entry(identity.didOf(provider), offer.get()), executor)
                .thenApply(
                        found ->
                                negotiations.request(
                                        found.getKey(), address(provider), found.getValue()));
    }

    private Policy offer(URI provider, String datasetId, String offerId) {
        Catalog.Dataset dataset = requestDataset(provider, datasetId);
        return dataset.findOffer(offerId)
                .or(() -> shown.find(address(provider), datasetId, offerId))
                .orElseThrow(
                        () ->
                                new NoSuchElementException(
                                        "dataset '"
                                                + datasetId
                                                + "' has no offer '"
                                                + offerId
                                                + "'; its offers are "
                                                + dataset.offers().stream()
                                                        .map(Policy::uid)
                                                        .collect(Collectors.joining(", "))));
    }

    /**
     * Asks on given terms.
     *
     * @param offer with its target
     */
    public CompletableFuture<Agreement> negotiate(URI provider, Policy offer) {
        return begin(provider, offer).thenCompose(Begun::agreement);
    }

    /**
     * As {@link #negotiate(URI, Policy)} with a provider whose id is known.
     *
     * @param did of the provider
     * @param address where its protocol's paths begin, taken as it is
     */
    public CompletableFuture<Agreement> negotiate(String did, URI address, Policy offer) {
        return negotiations.request(did, address.toString(), offer).agreement();
    }

    /**
     * Offers terms to a consumer; completes at FINALIZED.
     *
     * @param consumer its address, with or without the protocol's path
     * @param offer with its target
     */
    public CompletableFuture<Agreement> offer(URI consumer, Policy offer) {
        return CompletableFuture.supplyAsync(() -> identity.didOf(consumer), executor)
                .thenCompose(did -> negotiations.offer(did, address(consumer), offer).agreement());
    }

    /** Asks for access under a contract; completes when the provider starts it. */
    public CompletableFuture<TransferStarted> transfer(String agreementId, String format) {
        return transfers.request(agreementId, format, pid -> null);
    }

    /**
     * Asks for data to be brought; completes when the provider starts.
     *
     * @param destination our pid of the transfer to where the data goes
     */
    public CompletableFuture<TransferStarted> transfer(
            String agreementId, String format, Function<String, DataAddress> destination) {
        return transfers.request(agreementId, format, destination::apply);
    }

    /** A further way for data to go to consumers; before {@link #resume}. */
    public void carry(DataFlow flow) {
        transfers.flows.add(flow);
    }

    /**
     * The data address of a started transfer of ours; empty also after a restart, because a token
     * is kept in memory only: ask for a new transfer then.
     */
    public Optional<TransferStarted> findStarted(String transferPid) {
        return transfers.findStarted(transferPid);
    }

    // ---------------------------------------------------------------- as either side

    /** Decides on a negotiation that is held. */
    public void decide(String negotiationPid, Decider.Decision decision) {
        negotiations.act(negotiationPid, decision);
    }

    /** Decides on a transfer that is held. */
    public void decideTransfer(String transferPid, Decider.Decision decision) {
        transfers.act(transferPid, decision);
    }

    public void terminateNegotiation(String pid, String code, String reason) {
        negotiations.terminate(pid, code, reason);
    }

    public void completeTransfer(String pid) {
        transfers.complete(pid);
    }

    public void suspendTransfer(String pid, String code, String reason) {
        transfers.suspend(pid, code, List.of(reason));
    }

    /** Starts a suspended transfer again. */
    public void resumeTransfer(String pid) {
        transfers.start(pid);
    }

    public void terminateTransfer(String pid, String code, String reason) {
        transfers.terminate(pid, code, List.of(reason));
    }

    /** Asks the decider again: a rule or a time may decide otherwise by now. */
    public void reconsider(String negotiationPid) {
        negotiations.turn(book.getNegotiation(negotiationPid));
    }

    /** The state that the other side says a negotiation is in; empty if it does not say. */
    public Optional<String> askState(String negotiationPid) {
        Dialogue d = book.getNegotiation(negotiationPid).dialogue();
        if (d.peerPid().isEmpty()) {
            return Optional.empty();
        }
        Outbox.Answer answer = outbox.getOnce(d.peerAddress(), negotiations.statePath(d), d.peer());
        String state = answer.ok() ? answer.word("state") : "";
        return state.isEmpty() ? Optional.empty() : Optional.of(state);
    }

    /** Ends a contract at once, and the transfers under it, and tells the other side. */
    public Receipt terminateAgreement(String agreementId, String code, String reason) {
        Receipt receipt = book.terminate(agreementId, code, List.of(reason));
        endTransfers(agreementId, code, List.of(reason));
        notices.tell(agreementId);
        return receipt;
    }

    /**
     * Takes all use under a contract away at once, until we resume it, and tells the other side.
     */
    public Receipt suspendAgreement(String agreementId, String code, String reason) {
        Receipt receipt = book.suspend(agreementId, code, List.of(reason));
        for (TransferProcess transfer : listTransfers(agreementId)) {
            if (transfer instanceof TransferProcess.Started) {
                String pid = transfer.dialogue().pid();
                transfers.suspend(pid, Transfers.AGREEMENT_SUSPENDED, List.of(code, reason));
            }
        }
        notices.tell(agreementId);
        return receipt;
    }

    /**
     * Lifts our suspension, and starts again what it stopped; a suspension of the other side stays.
     */
    public Receipt resumeAgreement(String agreementId) {
        Receipt receipt = book.resume(agreementId);
        notices.tell(agreementId);
        if (book.suspensions(agreementId).isEmpty()) {
            for (TransferProcess transfer : listTransfers(agreementId)) {
                if (transfer instanceof TransferProcess.Suspended held
                        && held.by() == transfer.dialogue().self()
                        && held.code().equals(Transfers.AGREEMENT_SUSPENDED)) {
                    transfers.start(transfer.dialogue().pid());
                }
            }
        }
        return receipt;
    }

    /**
     * Begins to change a contract: a new negotiation on other terms, which takes its place once
     * both have signed. A peer that does not know our member has two contracts then.
     *
     * @param terms with their target
     * @param carried whether uses so far count on
     */
    public Begun changeAgreement(String agreementId, Policy terms, boolean carried) {
        ContractBook.Contract contract = book.getContract(agreementId);
        Dialogue d = book.getNegotiation(contract.negotiationPid()).dialogue();
        Policy change = new Supersession(agreementId, carried).on(terms);
        return contract.self() == Role.CONSUMER
                ? negotiations.request(d.peer(), d.peerAddress(), change)
                : negotiations.offer(d.peer(), d.peerAddress(), change);
    }

    /**
     * One of the offers that a contract's provider makes now for the same asset.
     *
     * @throws NoSuchElementException if it makes none of this id
     */
    public Policy requestOffer(String agreementId, String offerId) {
        ContractBook.Contract contract = book.getContract(agreementId);
        Dialogue d = book.getNegotiation(contract.negotiationPid()).dialogue();
        String path = "/catalog/datasets/" + Paths.segment(contract.agreement().asset());
        return Catalog.dataset(
                        taken(outbox.get(d.peerAddress(), path, d.peer()), d.peerAddress() + path),
                        "")
                .findOffer(offerId)
                .orElseThrow(() -> new NoSuchElementException("no offer '" + offerId + "'"));
    }

    /** What peers sent that was not taken. */
    public BadInput badInput() {
        return badInput;
    }

    /** How peers failed to answer. */
    public PeerFaults peerFaults() {
        return outbox.faults();
    }

    /** With states, turns and reasons, oldest first. */
    public List<ContractBook.Course> listNegotiations() {
        return book.listNegotiations();
    }

    public List<TransferProcess> listTransfers() {
        return book.listTransfers();
    }

    /** Those under one agreement. */
    private List<TransferProcess> listTransfers(String agreementId) {
        return book.listTransfers().stream()
                .filter(transfer -> transfer.agreementId().equals(agreementId))
                .toList();
    }

    /** From the first message to FINALIZED as this side measured it. */
    public Duration negotiationDuration(String agreementId) {
        String pid = book.getContract(agreementId).negotiationPid();
        return book.findCourse(pid).orElseThrow().duration();
    }

    /** A proven caller spoke: what waits for it goes out now. */
    void heard(String did) {
        courier.heard(did);
    }

    ConnectorConfig config() {
        return config;
    }

    AssetCatalog catalog() {
        return catalog;
    }

    /** What a caller may see of the catalogue now. */
    CatalogScope scope(String caller) {
        return new CatalogScope(caller, identity.claims(caller), clock.instant());
    }

    /** Names the catalogues that ours points to; asked for each request of the first page. */
    public void announce(Supplier<List<NestedCatalog>> catalogs) {
        federated = catalogs;
    }

    List<NestedCatalog> nested() {
        return federated.get();
    }

    CallerIdentity identity() {
        return identity;
    }

    String did() {
        return book.did();
    }

    private String address(URI provider) {
        return config.addressOf(provider);
    }

    private static JsonNode taken(Outbox.Answer answer, String what) {
        if (answer.ok()) {
            return answer.body();
        }
        if (answer.status() == 404) {
            throw new NoSuchElementException(what + ": " + answer.error());
        }
        throw new IllegalStateException(
                what + " answered " + answer.status() + ": " + answer.error());
    }

    @Override
    public void close() {
        courier.noteNow();
        executor.shutdownNow();
        outbox.close();
    }
}
