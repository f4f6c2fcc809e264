package org.roadloop.dataspace.access;

import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tokens for providers that push to us (接收令牌): a JWS of ours bound to one transfer, good while that
 * is asked for or started and its contract is in force, over our restarts too. Any thread.
 */
public final class ReceiveTokens {
    private static final String TYPE = "roadloop-receive+jwt";

    private final Signer signer;
    private final ContractBook book;

    /** What a valid token allows. */
    record Grant(String transferPid, String purpose) {}

    public ReceiveTokens(Signer signer, ContractBook book) {
        this.signer = signer;
        this.book = book;
    }

    /** For our transfer as consumer. */
    public String issue(String transferPid, String purpose) {
        return Jws.sign(
                JsonMapper.shared()
                        .createObjectNode()
                        .put("iss", signer.did())
                        .put("transfer", transferPid)
                        .put("purpose", purpose),
                signer,
                TYPE);
    }

    /**
     * @param header value of {@code Authorization}
     * @throws AccessTokens.InvalidTokenException if nothing may be pushed with it now
     */
    Grant verify(String header) {
        String bare = header.startsWith("Bearer ") ? header.substring(7).trim() : header;
        JsonNode claims;
        try {
            if (!Jws.header(bare).path("typ").asString("").equals(TYPE)) {
                throw invalid("token_invalid", "this is no token for pushing");
            }
            claims = Jws.verify(bare, signer.publicKey());
        } catch (Jws.InvalidJwsException e) {
            throw invalid("token_invalid", "the token is not one of this consumer");
        }
        String pid = claims.path("transfer").asString("");
        TransferProcess transfer =
                book.findTransfer(pid)
                        .filter(t -> t.dialogue().self() == Role.CONSUMER)
                        .orElseThrow(() -> invalid("transfer_unknown", "no such transfer here"));
        boolean open =
                transfer instanceof TransferProcess.Started
                        || transfer instanceof TransferProcess.Requested;
        if (!open || !book.getContract(transfer.agreementId()).inForce()) {
            throw invalid("transfer_not_started", "the transfer is " + transfer.state());
        }
        return new Grant(pid, claims.path("purpose").asString(""));
    }

    private static AccessTokens.InvalidTokenException invalid(String code, String message) {
        return new AccessTokens.InvalidTokenException(code, message);
    }
}
