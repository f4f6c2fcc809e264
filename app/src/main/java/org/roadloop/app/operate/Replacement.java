package org.roadloop.app.operate;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.platform.LedgerKeys;
import org.roadloop.core.identity.KeyHandover;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;

/** A new key where the old one cannot vouch for it (密钥更换), and what is left to do by hand. */
final class Replacement {
    private Replacement() {}

    /**
     * A new ledger key is vouched for by the participant's, any other by nobody.
     *
     * @throws IllegalStateException if the participant's key is lost too: it comes first
     */
    static Keystore.KeyInfo of(Keystore keystore, String name, KeyHandover.Because because) {
        @Nullable Signer voucher = null;
        if (name.equals(LedgerKeys.KEY) && !keystore.publicKeys("participant").isEmpty()) {
            // Whose DID it is, the evidence of the next start says; here only which key.
            voucher = keystore.signer("participant", "");
        }
        return keystore.replace(name, because, voucher);
    }

    /** What the operator must still do, a line each. */
    static List<String> remains(Keystore keystore, String name, KeyHandover.Because because) {
        boolean leaked = because == KeyHandover.Because.LEAKED;
        return switch (name) {
            case "ledger" ->
                    List.of(
                            "who knows the participant's key follows; give all others the new key: "
                                    + LedgerKeys.of(keystore).verifiers().getFirst(),
                            leaked
                                    ? "after 'up': roadloop keys revoke ledger EPOCH, of the old key"
                                    : "what the old key signed goes on being verified");
            case "participant" ->
                    List.of(
                            "peers read the new key from the DID document within five minutes",
                            leaked
                                    ? "after 'up': roadloop keys revoke participant EPOCH, of the old"
                                            + " key; then go through contracts (docs/keys.md)"
                                    : "old contracts are verified with the old public key, which"
                                            + " stays");
            case "framelog" ->
                    List.of(
                            "frames not yet in a table can't be read: 'up' names the segment; remove"
                                    + " its .key file to give it up (docs/keys.md)");
            case "govern" ->
                    List.of("vehicles get new pseudonyms; a report sent again is stored again");
            default -> List.of();
        };
    }
}
