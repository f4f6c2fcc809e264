package org.roadloop.dataspace.dsp;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.roadloop.core.contract.ContractAct;
import org.roadloop.core.contract.ContractAct.Kind;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.Dialogue;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.core.contract.Supersession;
import org.roadloop.core.policy.MemberException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells the other side what was done to a contract, and hears it (合约处置通知). The protocol has no
 * message for it, so this is one of ours, sent until the other side has it; a peer that does not
 * know it learns from the suspension or termination of its transfers. Any thread.
 *
 * <pre>
 * POST {base}/agreements/{agreement}/acts
 * {"@context": [...], "@type": "roadloop:ContractAct", "roadloop:kind": "SUSPENDED" | "RESUMED" |
 *  "TERMINATED", "roadloop:at": xsd:dateTime, "roadloop:code": "...", "roadloop:reason": ["..."]}
 * </pre>
 */
final class AgreementNotices {
    static final String TYPE = "roadloop:ContractAct";

    private static final Logger log = LoggerFactory.getLogger(AgreementNotices.class);
    private static final int MAX_REASONS = 32;
    private static final int MAX_CODE_CHARS = 128;

    /** A contract that is in force here may be about to be there. */
    private static final int UNKNOWN_TRIES = 12;

    private final ContractBook book;
    private final Outbox outbox;
    private final Executor executor;

    AgreementNotices(ContractBook book, Outbox outbox, Executor executor) {
        this.book = book;
        this.outbox = outbox;
        this.executor = executor;
    }

    // ---------------------------------------------------------------- out

    /** Says our last act on a contract, until it is heard or another follows it. */
    void tell(String agreementId) {
        executor.execute(() -> tell(agreementId, 1));
    }

    /** After a restart: what the other side may not have heard. */
    void resume() {
        for (ContractBook.Contract contract : book.listContracts()) {
            String id = contract.agreement().id();
            if (own(id).isPresent()) {
                tell(id);
            }
        }
    }

    /** Our last act that is still to be told. */
    private Optional<ContractAct> own(String agreementId) {
        return book.findAct(agreementId, book.getContract(agreementId).self())
                .filter(act -> !act.code().equals(Supersession.CODE)) // the other did it too
                .filter(act -> !book.wordsTaken(key(agreementId, act)));
    }

    private static String key(String agreementId, ContractAct act) {
        return "act " + agreementId + " " + act.at().toEpochMilli();
    }

    private void tell(String agreementId, int attempt) {
        Optional<ContractAct> act = own(agreementId);
        if (act.isEmpty()) {
            return;
        }
        Dialogue d = book.getNegotiation(book.getContract(agreementId).negotiationPid()).dialogue();
        String path = "/agreements/" + Paths.segment(agreementId) + "/acts";
        Outbox.Answer answer = outbox.postOnce(d.peerAddress(), path, write(act.get()), d.peer());
        boolean unknown = answer.body().path("code").asString("").equals("agreement_unknown");
        boolean foreign = answer.status() >= 400 && answer.status() < 500 && !unknown;
        boolean again = answer.failedThere() || answer.status() == 401 || unknown;
        if (answer.ok() || foreign && !again || unknown && attempt > UNKNOWN_TRIES) {
            if (!answer.ok()) {
                log.info(
                        "{} does not take that agreement {} is {} ({}); its transfers say so",
                        d.peer(),
                        agreementId,
                        act.get().kind(),
                        answer.error());
            }
            book.noteWordsTaken(List.of(key(agreementId, act.get())));
            return;
        }
        Duration pause = Courier.pause(Math.min(attempt, 20));
        CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS, executor)
                .execute(() -> tell(agreementId, attempt + 1));
    }

    private static ObjectNode write(ContractAct act) {
        ObjectNode json = MessageJson.envelope(TYPE);
        json.put("roadloop:kind", act.kind().name()).put("roadloop:at", act.at().toString());
        json.put("roadloop:code", act.code());
        ArrayNode reasons = json.putArray("roadloop:reason");
        act.reason().forEach(reasons::add);
        return json;
    }

    // ---------------------------------------------------------------- in

    /** The other side of the contract has acted; access under it ends before this returns. */
    void heard(String agreementId, String caller, JsonNode json) {
        ContractBook.Contract contract =
                book.findContract(agreementId)
                        .filter(c -> peer(c).equals(caller))
                        .orElseThrow(
                                () ->
                                        new DspException(
                                                404,
                                                "agreement_unknown",
                                                "no finalized agreement '"
                                                        + agreementId
                                                        + "' with you is held here"));
        MessageJson.checkContext(json);
        if (!json.path("@type").asString("").equals(TYPE)) {
            throw new MemberException("/@type", "a " + TYPE + " is expected");
        }
        Kind kind;
        try {
            kind = Kind.valueOf(json.path("roadloop:kind").asString(""));
        } catch (IllegalArgumentException e) {
            throw new MemberException(
                    "/roadloop:kind", "SUSPENDED, RESUMED or TERMINATED is expected");
        }
        Instant at;
        try {
            at = Instant.parse(json.path("roadloop:at").asString(""));
        } catch (DateTimeException e) {
            throw new MemberException("/roadloop:at", "an xsd:dateTime in UTC is expected");
        }
        List<String> reasons = new ArrayList<>();
        json.path("roadloop:reason").forEach(r -> reasons.add(r.asString("")));
        String code = json.path("roadloop:code").asString("");
        if (reasons.size() > MAX_REASONS || code.length() > MAX_CODE_CHARS) {
            throw new MemberException("/roadloop:reason", "is too long");
        }
        book.act(agreementId, new ContractAct(contract.self().other(), kind, at, code, reasons));
        log.info(
                "agreement {} is {} by {}: {}",
                agreementId,
                kind,
                caller,
                QuietLog.clean(code + " " + reasons));
    }

    private static String peer(ContractBook.Contract contract) {
        return switch (contract.self()) {
            case PROVIDER -> contract.agreement().consumer();
            case CONSUMER -> contract.agreement().provider();
        };
    }
}
