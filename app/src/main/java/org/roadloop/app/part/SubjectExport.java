package org.roadloop.app.part;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.roadloop.app.http.Json;
import org.roadloop.core.identity.Jws;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Jcs;
import org.roadloop.core.ledger.Subjects;
import org.roadloop.core.ledger.TransparencyLog;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a subject gets (查阅副本): each entry with its proof; a payload with the salt that ties it to
 * the leaf; the whole signed. It verifies without this platform.
 */
final class SubjectExport {
    private SubjectExport() {}

    static JsonNode entry(Subjects.About about, TransparencyLog ledger) {
        long index = about.entry().index();
        Event event = about.entry().event();
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("index", index).put("relation", about.relation().name().toLowerCase(Locale.ROOT));
        json.put("type", event.type()).put("version", event.version());
        json.put("at", event.at().toString()).put("actor", event.actor());
        json.put("subject", event.subject());
        switch (event.body()) {
            case Event.Inline inline -> json.set("body", inline.json());
            case Event.Payload payload -> {
                json.put("payload", Base64.getEncoder().encodeToString(payload.bytes()));
                ledger.findSalt(index)
                        .ifPresent(
                                salt -> json.put("salt", Base64.getEncoder().encodeToString(salt)));
            }
            case Event.Erased erased -> json.put("erased", erased.id());
        }
        json.put("proof", ledger.proofBundle(index).write());
        return json;
    }

    /** Adds {@code signature}: a JWS over {@code {"sha256": …}} of the JCS bytes of the rest. */
    static JsonNode signed(ObjectNode export, Signer signer) {
        ObjectNode claim = Json.mapper().createObjectNode();
        claim.put("sha256", HexFormat.of().formatHex(sha256(Jcs.bytes(export))));
        export.put("signature", Jws.sign(claim, signer));
        return export;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }
}
