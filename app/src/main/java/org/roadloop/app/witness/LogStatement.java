package org.roadloop.app.witness;

import java.net.URI;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.LedgerProfile;
import org.roadloop.core.ledger.SignedNote.VerifierKey;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a participant says of its log (账本声明): a JWS by its DID, so that it can't disown the log's
 * signatures later. Served at {@code witness/keys}: {@code {participant, origin, logKeys, witness:
 * {url, key}, at}}.
 *
 * @param participant DID
 * @param origin of its log
 * @param logKeys that sign its checkpoints, newest first
 * @param witnessUrl before {@code /add-checkpoint}
 * @param witnessKey that verifies its cosignatures of others
 */
record LogStatement(
        String participant,
        String origin,
        List<VerifierKey> logKeys,
        URI witnessUrl,
        VerifierKey witnessKey) {
    private static final String TYP = "roadloop-log+jws";

    LogStatement {
        logKeys = List.copyOf(logKeys);
        if (logKeys.isEmpty()
                || logKeys.stream().anyMatch(k -> k.type().timed())
                || !witnessKey.type().timed()) {
            throw new IllegalArgumentException(
                    "statement of " + participant + " has no log key, or keys of wrong types");
        }
        LedgerProfile.of(logKeys); // a log hashes in one way
        for (VerifierKey key : logKeys) {
            if (!key.name().equals(origin)) {
                throw new IllegalArgumentException(
                        "log " + origin + " is said to have a key of " + key.name());
            }
        }
    }

    ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("participant", participant).put("origin", origin);
        var keys = json.putArray("logKeys");
        logKeys.forEach(key -> keys.add(key.toString()));
        json.putObject("witness")
                .put("url", witnessUrl.toString())
                .put("key", witnessKey.toString());
        return json;
    }

    static LogStatement fromJson(JsonNode json) {
        List<VerifierKey> keys = new ArrayList<>();
        for (JsonNode key : json.required("logKeys")) {
            keys.add(VerifierKey.parse(key.asString()));
        }
        JsonNode witness = json.required("witness");
        return new LogStatement(
                json.required("participant").asString(),
                json.required("origin").asString(),
                keys,
                URI.create(witness.required("url").asString()),
                VerifierKey.parse(witness.required("key").asString()));
    }

    String sign(Signer signer, Instant at) {
        return Jws.sign(toJson().put("at", at.toString()), signer, TYP);
    }

    /**
     * Reads what a participant has signed.
     *
     * @param findKey key of the participant by its DID URL
     * @throws IllegalArgumentException if it is not this participant's word
     */
    static LogStatement verify(
            String jws, String did, Function<String, Optional<PublicKey>> findKey) {
        try {
            JsonNode header = Jws.header(jws);
            String kid = header.path("kid").asString("");
            if (!header.path("typ").asString("").equals(TYP) || !kid.startsWith(did + "#")) {
                throw new IllegalArgumentException("it is no statement of " + did);
            }
            PublicKey key =
                    findKey.apply(kid)
                            .orElseThrow(
                                    () ->
                                            new IllegalArgumentException(
                                                    "key " + kid + " is not in the DID document"));
            LogStatement statement = fromJson(Jws.verify(jws, key));
            if (!statement.participant().equals(did)) {
                throw new IllegalArgumentException("it speaks of " + statement.participant());
            }
            return statement;
        } catch (Jws.InvalidJwsException | tools.jackson.databind.DatabindException e) {
            throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
        }
    }
}
