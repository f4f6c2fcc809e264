package org.roadloop.dataspace.dsp;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Receipt;
import org.roadloop.core.policy.Policy;
import org.roadloop.dataspace.access.AccessTokens;
import org.roadloop.dataspace.access.DataFlow;
import org.roadloop.dataspace.identity.CallerIdentity;
import tools.jackson.databind.JsonNode;

/**
 * One participant in the data space, provider and consumer (连接器): what the application calls. The
 * HTTP side is {@link DspRoutes}. Any thread.
 */
public final class Connector implements AutoCloseable {
    /** Transfer format: code goes to the data. */
    public static final String COMPUTE_TO_DATA = "compute-to-data";

    /** How long after its end a last word is still repeated on restart. */
    private static final Duration REPEAT_ENDS = Duration.ofHours(1);

    private final ConnectorConfig config;
    private final ContractBook book;
    private final AssetCatalog catalog;
    private final CallerIdentity identity;
    private final Outbox outbox;
    private final Clock clock;
    private final ExecutorService executor;
    final Negotiations negotiations;
    final Transfers transfers;

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
        this.config = config;
        this.book = book;
        this.catalog = catalog;
        this.identity = identity;
        this.clock = clock;
        executor = Executors.newVirtualThreadPerTaskExecutor();
        outbox = new Outbox(http, identity, config);
        negotiations =
                new Negotiations(config, book, decider, signer, identity, outbox, executor, clock);
        transfers = new Transfers(config, book, catalog, decider, tokens, outbox, executor);
    }

    /** Takes up what a restart interrupted; call once the routes answer. */
    public void resume() {
        negotiations.resume(clock.instant().minus(REPEAT_ENDS));
        transfers.resume();
    }

    // ---------------------------------------------------------------- as consumer

    /**
     * @param provider the provider's address, with or without the protocol's path
     */
    public Catalog requestCatalog(URI provider) {
        String address = address(provider);
        JsonNode request = MessageJson.envelope("CatalogRequestMessage");
        Outbox.Answer answer =
                outbox.post(address, "/catalog/request", request, identity.didOf(provider));
        return Catalog.fromJson(taken(answer, address + "/catalog/request"));
    }

    public Catalog.Dataset requestDataset(URI provider, String datasetId) {
        String address = address(provider);
        String path = "/catalog/datasets/" + Paths.segment(datasetId);
        return Catalog.dataset(
                taken(outbox.get(address, path, identity.didOf(provider)), address + path), "");
    }

    /** Asks for a dataset on the terms of one of its offers; completes at FINALIZED. */
    public CompletableFuture<Agreement> negotiate(URI provider, String datasetId, String offerId) {
        return CompletableFuture.supplyAsync(
                        () ->
                                requestDataset(provider, datasetId)
                                        .findOffer(offerId)
                                        .orElseThrow(
                                                () ->
                                                        new NoSuchElementException(
                                                                "dataset '"
                                                                        + datasetId
                                                                        + "' has no offer '"
                                                                        + offerId
                                                                        + "'")),
                        executor)
                .thenCompose(offer -> negotiate(provider, offer));
    }

    /**
     * Asks on given terms.
     *
     * @param offer with its target
     */
    public CompletableFuture<Agreement> negotiate(URI provider, Policy offer) {
        return CompletableFuture.supplyAsync(() -> identity.didOf(provider), executor)
                .thenCompose(did -> negotiations.request(did, address(provider), offer));
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

    /** Ends a contract on this side at once, and the transfers under it on both sides. */
    public Receipt terminateAgreement(String agreementId, String code, String reason) {
        Receipt receipt = book.terminate(agreementId, code, List.of(reason));
        for (TransferProcess transfer : book.listTransfers()) {
            if (transfer.agreementId().equals(agreementId) && !transfer.ended()) {
                transfers.terminate(transfer.dialogue().pid(), code, List.of(reason));
            }
        }
        return receipt;
    }

    /** With states, turns and reasons, oldest first. */
    public List<ContractBook.Course> listNegotiations() {
        return book.listNegotiations();
    }

    public List<TransferProcess> listTransfers() {
        return book.listTransfers();
    }

    /** From the first message to FINALIZED as this side measured it. */
    public Duration negotiationDuration(String agreementId) {
        String pid = book.getContract(agreementId).negotiationPid();
        return book.listNegotiations().stream()
                .filter(course -> course.negotiation().dialogue().pid().equals(pid))
                .findFirst()
                .orElseThrow()
                .duration();
    }

    ConnectorConfig config() {
        return config;
    }

    AssetCatalog catalog() {
        return catalog;
    }

    CallerIdentity identity() {
        return identity;
    }

    String did() {
        return book.did();
    }

    private String address(URI provider) {
        String path = provider.getPath();
        return path == null || path.isEmpty() || path.equals("/")
                ? provider.getScheme() + "://" + provider.getAuthority() + config.basePath()
                : provider.toString().replaceAll("/$", "");
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
        executor.shutdownNow();
    }
}
