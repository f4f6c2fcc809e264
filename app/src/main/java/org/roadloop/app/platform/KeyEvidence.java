package org.roadloop.app.platform;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.roadloop.core.identity.KeyHandover;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Evidence of new keys (密钥存证): one event about {@code key:NAME} for each epoch after the first, so
 * the version of that subject tells what is missing after a crash or a change while no platform
 * ran. What the log must say of its own key stands apart: {@link LedgerKeys}.
 */
public final class KeyEvidence {
    private static final Logger LOG = LoggerFactory.getLogger(KeyEvidence.class);

    private KeyEvidence() {}

    static void complete(Keystore keystore, Ledger ledger, Clock clock, String did) {
        List<Keystore.KeyInfo> keys = keystore.list();
        for (Keystore.KeyInfo key : keys) {
            long version = ledger.version("key:" + key.name());
            if (version < key.epoch() - 1) {
                complete(keystore, ledger, clock, did, key, version);
            }
        }
    }

    /** Once, though several nodes with the same keys may start at the same time. */
    private static void complete(
            Keystore keystore,
            Ledger ledger,
            Clock clock,
            String did,
            Keystore.KeyInfo key,
            long version) {
        Event event = event(keystore, clock, did, key);
        try {
            ledger.append(List.of(event), Map.of(event.subject(), version));
            LOG.info("key {} is at epoch {}", key.name(), key.epoch());
        } catch (ConflictException another) {
            LOG.info("another node has written that key {} is new", key.name());
        }
    }

    /** Of one new key. */
    public static void append(
            Keystore keystore, Ledger ledger, Clock clock, String did, Keystore.KeyInfo key) {
        ledger.append(event(keystore, clock, did, key));
        LOG.info("key {} is at epoch {}", key.name(), key.epoch());
    }

    private static Event event(Keystore keystore, Clock clock, String did, Keystore.KeyInfo key) {
        ObjectNode body =
                JsonMapper.shared()
                        .createObjectNode()
                        .put("epoch", key.epoch())
                        .put("fingerprint", key.fingerprint());
        String type = "identity.key-rotated";
        if (key.kind() == Keystore.Kind.SIGNING
                && keystore.handover(key.name(), key.epoch())
                        instanceof KeyHandover.Replaced replaced) {
            type = "identity.key-replaced";
            body.put("because", replaced.because().word());
        } else if (key.kind() == Keystore.Kind.SECRET) {
            type = "identity.key-replaced";
        }
        return Event.of(type, clock.instant(), did, "key:" + key.name(), body);
    }
}
