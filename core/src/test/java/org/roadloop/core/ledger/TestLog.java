package org.roadloop.core.ledger;

import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.roadloop.core.identity.Ed25519;
import org.roadloop.core.identity.Signer;
import tools.jackson.databind.json.JsonMapper;

/** A small real log for tests. */
final class TestLog {
    static final String ORIGIN = "did:web:localhost%3A7080";
    static final Instant AT = Instant.parse("2026-11-22T01:02:03.004Z");

    private TestLog() {}

    static Signer signer() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            return new Signer() {
                @Override
                public String did() {
                    return ORIGIN;
                }

                @Override
                public String keyId() {
                    return ORIGIN + "#ledger-1";
                }

                @Override
                public String algorithm() {
                    return "Ed25519";
                }

                @Override
                public byte[] sign(byte[] message) {
                    return Ed25519.sign(pair.getPrivate(), message);
                }

                @Override
                public PublicKey publicKey() {
                    return pair.getPublic();
                }
            };
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static FileLedger open(Path dir, Signer signer) {
        return FileLedger.open(dir, ORIGIN, signer);
    }

    /** Rotates the journal every 8 KiB or so. */
    static FileLedger openSmallJournal(Path dir, Signer signer) {
        return openSmallJournal(dir, signer, SnapshotWriter.EVERY);
    }

    /** Rotates as often, and writes a snapshot when the log has grown by so many entries. */
    static FileLedger openSmallJournal(Path dir, Signer signer, long snapshotEvery) {
        return FileLedger.open(
                dir,
                ORIGIN,
                signer,
                List.of(),
                new FileLedger.Tuning(8 << 10, snapshotEvery, Step.Listener.NONE));
    }

    static Event event(int i) {
        return Event.of(
                "test.happened",
                AT.plusMillis(i),
                "did:web:example.com",
                "subject-" + i % 7,
                JsonMapper.shared().createObjectNode().put("number", i).put("text", "行 \"" + i));
    }

    /** In lists of random length, so that frames, bundles and lists do not line up. */
    static void fill(FileLedger ledger, int count, Random random) {
        int done = 0;
        while (done < count) {
            int n = Math.min(count - done, 1 + random.nextInt(40));
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                events.add(event(done + i));
            }
            ledger.append(events);
            done += n;
        }
    }
}
