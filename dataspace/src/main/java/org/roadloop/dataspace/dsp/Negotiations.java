package org.roadloop.dataspace.dsp;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractBook.NegotiationStep;
import org.roadloop.core.contract.Decider;
import org.roadloop.core.contract.Decider.Decision;
import org.roadloop.core.contract.Dialogue;
import org.roadloop.core.contract.Message;
import org.roadloop.core.contract.Message.ContractAgreementMessage;
import org.roadloop.core.contract.Message.ContractAgreementVerificationMessage;
import org.roadloop.core.contract.Message.ContractNegotiationEventMessage;
import org.roadloop.core.contract.Message.ContractNegotiationTerminationMessage;
import org.roadloop.core.contract.Message.ContractOfferMessage;
import org.roadloop.core.contract.Message.ContractRequestMessage;
import org.roadloop.core.contract.Message.EventType;
import org.roadloop.core.contract.Message.NegotiationMessage;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.core.contract.Negotiation;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.Settlement;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.policy.Policy;
import org.roadloop.dataspace.identity.CallerIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** The negotiations of one connector, both roles (合约协商). Any thread. */
final class Negotiations implements Matter {
    private static final Logger log = LoggerFactory.getLogger(Negotiations.class);

    private final ConnectorConfig config;
    private final ContractBook book;
    private final AssetCatalog catalog;
    private final Decider decider;
    private final Signer signer;
    private final CallerIdentity identity;
    private final Courier courier;
    private final Executor executor;
    private final Clock clock;
    private final Turns turns;
    private final Beginnings beginnings = new Beginnings();
    private final Map<String, CompletableFuture<Agreement>> waiting = new ConcurrentHashMap<>();

    Negotiations(
            ConnectorConfig config,
            ContractBook book,
            AssetCatalog catalog,
            Decider decider,
            Signer signer,
            CallerIdentity identity,
            Courier courier,
            Executor executor,
            Clock clock) {
        this.config = config;
        this.book = book;
        this.catalog = catalog;
        this.decider = decider;
        this.signer = signer;
        this.identity = identity;
        this.courier = courier;
        this.executor = executor;
        this.clock = clock;
        turns = new Turns(book, courier, executor);
        book.listen(
                new ContractBook.Listener() {
                    @Override
                    public void moved(Negotiation to) {
                        finish(to);
                    }
                });
    }

    // ---------------------------------------------------------------- inbound

    /**
     * A first message of a peer; said again it finds what it began.
     *
     * @param answered what is to follow once the peer has the answer
     */
    Negotiation begin(
            String caller,
            NegotiationMessage message,
            String id,
            Role sender,
            String callback,
            Consumer<Runnable> answered) {
        String peerPid = sender == Role.CONSUMER ? message.consumerPid() : message.providerPid();
        PeerAddress.check(callback, config);
        NegotiationStep step =
                beginnings.begin(
                        caller,
                        peerPid,
                        () -> book.findNegotiationByPeerPid(caller, peerPid),
                        pid -> {
                            Dialogue empty =
                                    new Dialogue(
                                            sender.other(),
                                            sender == Role.CONSUMER ? pid : peerPid,
                                            sender == Role.CONSUMER ? peerPid : pid,
                                            caller,
                                            callback,
                                            List.of());
                            return book.begin(empty, message, sender, id);
                        });
        answer(step, message, id, answered);
        return step.now();
    }

    /** Any later message of a peer. */
    void on(
            String pid,
            String caller,
            NegotiationMessage message,
            String id,
            Consumer<Runnable> answered) {
        Negotiation negotiation = get(pid, caller);
        Role sender = negotiation.dialogue().self().other();
        Optional<String> flaw = flaw(negotiation, caller, message);
        if (flaw.isPresent()
                && negotiation.on(message, sender, id) instanceof Negotiation.Outcome.Moved) {
            answered.accept(
                    () -> executor.execute(() -> terminate(pid, "signature_invalid", flaw.get())));
            throw new DspException(400, "signature_invalid", flaw.get());
        }
        answer(book.apply(pid, message, sender, id), message, id, answered);
    }

    private void answer(
            NegotiationStep step,
            NegotiationMessage message,
            String id,
            Consumer<Runnable> answered) {
        switch (step.outcome()) {
            case Negotiation.Outcome.Moved moved -> answered.accept(() -> turn(moved.to()));
            case Negotiation.Outcome.Repeated repeated -> {
                Dialogue d = step.now().dialogue();
                if (d.saidAnew(message, id) && !courier.mayNotHaveHeard(d)) {
                    answered.accept(() -> executor.execute(() -> courier.sayAgain(this, d.pid())));
                }
            }
            case Negotiation.Outcome.Refused refused ->
                    throw new DspException(409, refused.code(), refused.why());
        }
    }

    Negotiation get(String pid, String caller) {
        return book.findNegotiation(pid)
                .filter(n -> n.dialogue().peer().equals(caller))
                .orElseThrow(() -> new NoSuchElementException("no negotiation '" + pid + "'"));
    }

    /** What is wrong with a signed message, if anything is. */
    private Optional<String> flaw(
            Negotiation negotiation, String caller, NegotiationMessage message) {
        if (message instanceof ContractAgreementMessage m) {
            Agreement agreement = m.agreement();
            if (!agreement.provider().equals(caller)
                    || !agreement.consumer().equals(signer.did())) {
                return Optional.of("the agreement is between other parties than the negotiation");
            }
            return signatureFlaw(
                    caller, agreement.providerSignature(), agreement, "the provider's");
        }
        if (message instanceof ContractAgreementVerificationMessage m
                && negotiation instanceof Negotiation.Agreed agreed) {
            return signatureFlaw(caller, m.signature(), agreed.agreement(), "the consumer's");
        }
        return Optional.empty();
    }

    private Optional<String> signatureFlaw(
            String did, String jws, Agreement agreement, String whose) {
        if (jws.isEmpty()) {
            return config.requiresSignatureOf(did)
                    ? Optional.of(whose + " signature (" + MessageJson.SIGNATURE + ") is missing")
                    : Optional.empty();
        }
        try {
            return identity.signed(did, jws, agreement.canonicalBytes())
                    ? Optional.empty()
                    : Optional.of(whose + " signature is not over this agreement");
        } catch (CallerIdentity.UnauthorizedException e) {
            // not the message's fault: the peer sends it again
            throw new DspException(503, "keys_unavailable", String.valueOf(e.getMessage()));
        }
    }

    // ---------------------------------------------------------------- our turn

    /** Asks the decider on a thread of its own. */
    void turn(Negotiation negotiation) {
        if (!negotiation.ended()) {
            String pid = negotiation.dialogue().pid();
            turns.take(this, pid, () -> act(pid, decider.decide(negotiation)));
        }
    }

    /** Carries out a decision, the decider's or a person's. */
    void act(String pid, Decision decision) {
        Negotiation negotiation = book.getNegotiation(pid);
        switch (decision) {
            case Decision.Hold hold -> log.debug("negotiation {} is held: {}", pid, hold.why());
            case Decision.Terminate t -> terminate(pid, t.code(), t.reason());
            case Decision.CounterOffer counter -> say(pid, counter(negotiation, counter.offer()));
            case Decision.Suspend s -> throw noTransfer(pid);
            case Decision.Resume r -> throw noTransfer(pid);
            case Decision.Complete c -> throw noTransfer(pid);
            case Decision.Agree agree -> {
                Optional<NegotiationMessage> next = next(negotiation);
                if (next.isPresent()) {
                    say(pid, next.get());
                }
            }
        }
    }

    private static IllegalArgumentException noTransfer(String pid) {
        return new IllegalArgumentException(
                pid + " is a negotiation: agree, make a counter-offer, hold or terminate");
    }

    private NegotiationMessage counter(Negotiation negotiation, Policy offer) {
        Dialogue d = negotiation.dialogue();
        return d.self() == Role.PROVIDER
                ? new ContractOfferMessage(d.providerPid(), d.consumerPid(), offer, "")
                : new ContractRequestMessage(d.providerPid(), d.consumerPid(), offer, "");
    }

    /** The message that agrees, where it is our turn. */
    private Optional<NegotiationMessage> next(Negotiation negotiation) {
        Dialogue d = negotiation.dialogue();
        boolean provider = d.self() == Role.PROVIDER;
        return switch (negotiation) {
            case Negotiation.Requested r when provider -> Optional.of(conclude(d, r.offer()));
            case Negotiation.Accepted a when provider -> Optional.of(conclude(d, a.offer()));
            case Negotiation.Offered o when !provider -> Optional.of(event(d, EventType.ACCEPTED));
            case Negotiation.Agreed a when !provider ->
                    Optional.of(
                            new ContractAgreementVerificationMessage(
                                    d.providerPid(), d.consumerPid(), sign(a.agreement())));
            case Negotiation.Verified v when provider -> Optional.of(event(d, EventType.FINALIZED));
            case Negotiation.Requested r -> Optional.empty();
            case Negotiation.Accepted a -> Optional.empty();
            case Negotiation.Offered o -> Optional.empty();
            case Negotiation.Agreed a -> Optional.empty();
            case Negotiation.Verified v -> Optional.empty();
            case Negotiation.Finalized f -> Optional.empty();
            case Negotiation.Terminated t -> Optional.empty();
        };
    }

    private static NegotiationMessage event(Dialogue d, EventType type) {
        return new ContractNegotiationEventMessage(d.providerPid(), d.consumerPid(), type);
    }

    private NegotiationMessage conclude(Dialogue d, Policy offer) {
        Agreement agreement =
                Agreement.conclude(
                        "urn:uuid:" + UUID.randomUUID(),
                        signer.did(),
                        d.peer(),
                        published(offer),
                        clock.instant());
        return new ContractAgreementMessage(
                d.providerPid(), d.consumerPid(), agreement.withProviderSignature(sign(agreement)));
    }

    /**
     * What was asked for in the words it was offered in, where it is an own offer: a peer may hand
     * on less than it keeps (Eclipse EDC: no profile), and compares the agreement with what it
     * keeps.
     */
    private Policy published(Policy asked) {
        return Optional.ofNullable(asked.target())
                .flatMap(catalog::find)
                .flatMap(asset -> asset.findOffer(asked.uid()))
                .map(own -> own.terms().withTarget(asked.target()))
                .filter(own -> own.sameTerms(asked))
                .orElse(asked);
    }

    private String sign(Agreement agreement) {
        return Jws.sign(agreement.canonicalBytes(), signer, "agreement+jws");
    }

    void terminate(String pid, String code, String reason) {
        terminate(pid, code, List.of(reason));
    }

    /**
     * @throws IllegalStateException as consumer in VERIFIED: both have signed, and the provider may
     *     have finalized already, which a termination would cross
     */
    void terminate(String pid, String code, List<String> reason) {
        Negotiation negotiation = book.getNegotiation(pid);
        Dialogue d = negotiation.dialogue();
        if (negotiation instanceof Negotiation.Verified && d.self() == Role.CONSUMER) {
            throw new IllegalStateException(
                    "negotiation "
                            + pid
                            + " is signed by both; wait for the provider, then terminate the"
                            + " agreement");
        }
        say(
                pid,
                new ContractNegotiationTerminationMessage(
                        d.providerPid(), d.consumerPid(), code, reason));
    }

    // ---------------------------------------------------------------- outbound

    /** Begins as consumer. */
    Begun request(String peer, String address, Policy offer) {
        String pid = newId();
        CompletableFuture<Agreement> future = new CompletableFuture<>();
        waiting.put(pid, future);
        Dialogue empty = new Dialogue(Role.CONSUMER, "", pid, peer, address, List.of());
        ContractRequestMessage message =
                new ContractRequestMessage("", pid, offer, config.address().toString());
        book.begin(empty, message, Role.CONSUMER, newId());
        courier.wake(this, pid);
        return new Begun(pid, future);
    }

    /** Begins as provider. */
    Begun offer(String peer, String address, Policy offer) {
        String pid = newId();
        CompletableFuture<Agreement> future = new CompletableFuture<>();
        waiting.put(pid, future);
        Dialogue empty = new Dialogue(Role.PROVIDER, pid, "", peer, address, List.of());
        ContractOfferMessage message =
                new ContractOfferMessage(pid, "", offer, config.address().toString());
        book.begin(empty, message, Role.PROVIDER, newId());
        courier.wake(this, pid);
        return new Begun(pid, future);
    }

    private static String newId() {
        return "urn:uuid:" + UUID.randomUUID();
    }

    /** Our own word: into the ledger, then out. */
    private void say(String pid, NegotiationMessage message) {
        NegotiationStep step =
                book.apply(pid, message, book.getNegotiation(pid).dialogue().self(), newId());
        switch (step.outcome()) {
            case Negotiation.Outcome.Moved moved -> courier.wake(this, pid);
            case Negotiation.Outcome.Repeated repeated -> {}
            case Negotiation.Outcome.Refused refused ->
                    log.info(
                            "negotiation {} moved on before our {}: {}",
                            pid,
                            message.type(),
                            refused.why());
        }
    }

    // ---------------------------------------------------------------- for the courier

    @Override
    public String kind() {
        return "negotiation";
    }

    @Override
    public Dialogue dialogue(String pid) {
        return book.getNegotiation(pid).dialogue();
    }

    @Override
    public String state(String pid) {
        return book.getNegotiation(pid).state();
    }

    @Override
    public boolean ended(String pid) {
        return book.getNegotiation(pid).ended();
    }

    @Override
    public boolean awaits(String pid) {
        Negotiation now = book.getNegotiation(pid);
        return !now.ended() && now.dialogue().turns().getLast().sender() == now.dialogue().self();
    }

    @Override
    public JsonNode json(String pid, Dialogue.Turn turn) {
        return MessageJson.write(turn.message(), turn.id());
    }

    @Override
    public void learn(String pid, String peerPid) {
        book.learn(pid, peerPid);
    }

    @Override
    public void taken(String pid) {
        turn(book.getNegotiation(pid));
    }

    @Override
    public Settlement settle(String pid, Dialogue.Turn turn, String theirs) {
        return Settlement.of(book.getNegotiation(pid), (NegotiationMessage) turn.message(), theirs);
    }

    @Override
    public void end(String pid, String code, String reason) {
        Negotiation now = book.getNegotiation(pid);
        if (now instanceof Negotiation.Finalized f) {
            if (book.getContract(f.agreement().id()).inForce()) {
                book.terminate(f.agreement().id(), code, List.of(reason));
            }
        } else if (!now.ended()) {
            Dialogue d = now.dialogue();
            say(
                    pid,
                    new ContractNegotiationTerminationMessage(
                            d.providerPid(), d.consumerPid(), code, List.of(reason)));
        }
    }

    @Override
    public String path(Dialogue d, Message message) {
        return path(d, (NegotiationMessage) message);
    }

    private static String path(Dialogue d, NegotiationMessage message) {
        String base = "/negotiations/" + Paths.segment(d.peerPid());
        boolean first = d.peerPid().isEmpty();
        return switch (message) {
            case ContractRequestMessage m ->
                    m.providerPid().isEmpty() ? "/negotiations/request" : base + "/request";
            case ContractOfferMessage m ->
                    m.consumerPid().isEmpty() ? "/negotiations/offers" : base + "/offers";
            case ContractAgreementMessage m -> first ? "" : base + "/agreement";
            case ContractAgreementVerificationMessage m ->
                    first ? "" : base + "/agreement/verification";
            case ContractNegotiationEventMessage m -> first ? "" : base + "/events";
            case ContractNegotiationTerminationMessage m -> first ? "" : base + "/termination";
        };
    }

    private void finish(Negotiation to) {
        if (to instanceof Negotiation.Finalized f) {
            CompletableFuture<Agreement> future = waiting.remove(f.dialogue().pid());
            if (future != null) {
                future.complete(f.agreement());
            }
        } else if (to instanceof Negotiation.Terminated t) {
            CompletableFuture<Agreement> future = waiting.remove(t.dialogue().pid());
            if (future != null) {
                future.completeExceptionally(
                        new TerminatedException("negotiation", t.by(), t.code(), t.reason()));
            }
        }
    }

    /** After a restart: says our last words again, and decides where it is our turn. */
    void resume() {
        for (ContractBook.Course course : book.listNegotiations()) {
            Negotiation negotiation = course.negotiation();
            turns.resume(this, negotiation.dialogue(), () -> turn(negotiation));
        }
    }
}
