package org.roadloop.app.operate;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.platform.LedgerKeys;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.KeyChain;
import org.roadloop.core.ledger.KeyEvents;
import org.roadloop.core.ledger.SignedNote;
import tools.jackson.databind.node.ObjectNode;

/** Taking back a former signing key that others may have (密钥吊销). One request. */
record Revocation(PlatformContext context) {

    /**
     * @param fromSize of the ledger's key: largest tree that it may have signed; null: that of its
     *     retirement
     */
    ObjectNode revoke(String name, int epoch, @Nullable Long fromSize) {
        Keystore keystore = context.keystore();
        List<Integer> epochs =
                keystore.publicKeys(name).stream().map(Keystore.PublicEpoch::epoch).toList();
        if (!epochs.contains(epoch)) {
            throw Problem.notFound(
                    "key_not_found",
                    "there is no signing key '"
                            + name
                            + "' of epoch "
                            + epoch
                            + "; see 'keys list'");
        }
        if (epoch >= inUse(name, epochs)) {
            throw Problem.badRequest(
                    "key_in_use",
                    "key '"
                            + name
                            + "' of epoch "
                            + epoch
                            + " still signs; rotate it ('keys rotate "
                            + name
                            + "'), restart the platform, then revoke the old one");
        }
        if (fromSize != null && !name.equals(LedgerKeys.KEY)) {
            throw Problem.badRequest(
                    "not_a_ledger_key", "fromSize is of trees: only the key 'ledger' signs them");
        }
        Instant now = context.clock().instant();
        String did = context.participant().did();
        ObjectNode answer =
                Json.mapper()
                        .createObjectNode()
                        .put("name", name)
                        .put("epoch", epoch)
                        .put("revokedAt", now.toString());
        Event event;
        if (name.equals(LedgerKeys.KEY)) {
            long size = size(keystore, epoch, fromSize);
            event = KeyEvents.revocation(name, epoch, size, now, did);
            answer.put("fromSize", size);
        } else {
            event =
                    Event.of(
                            "identity.key-revoked",
                            now,
                            did,
                            "key:" + name + ":" + epoch,
                            Json.mapper()
                                    .createObjectNode()
                                    .put("epoch", epoch)
                                    .put("revokedAt", now.toString()));
        }
        // it only takes trust away: at once, and its evidence may follow
        keystore.revoke(name, epoch, now);
        context.late().append(context.ledger(), event, Map.of());
        return answer;
    }

    /** Epoch of the key that signs now, which after a rotation is not yet the newest. */
    private int inUse(String name, List<Integer> epochs) {
        if (name.equals(LedgerKeys.KEY)) {
            return (int) context.ledger().version(KeyEvents.SUBJECT) + 1;
        }
        String keyId = context.participant().keyId();
        return keyId.contains("#" + name + "-")
                ? Integer.parseInt(keyId.substring(keyId.lastIndexOf('-') + 1))
                : epochs.getLast();
    }

    private long size(Keystore keystore, int epoch, @Nullable Long asked) {
        LedgerKeys keys = LedgerKeys.of(keystore);
        SignedNote.VerifierKey first = keys.verifiers().getLast();
        long retired =
                KeyChain.follow(first, KeyChain.read(context.ledger()), keys.participants())
                        .spans()
                        .stream()
                        .filter(span -> span.epoch() == epoch)
                        .mapToLong(KeyChain.Span::toSize)
                        .findFirst()
                        .orElseThrow();
        if (asked != null && (asked < 0 || asked > retired)) {
            throw Problem.badRequest(
                    "invalid_size",
                    "fromSize is "
                            + asked
                            + "; the key of epoch "
                            + epoch
                            + " signed trees of up to "
                            + retired
                            + " entries");
        }
        return asked == null ? retired : asked;
    }
}
