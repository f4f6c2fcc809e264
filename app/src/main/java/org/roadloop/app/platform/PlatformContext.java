package org.roadloop.app.platform;

import java.net.URI;
import java.time.Clock;
import java.util.function.Consumer;
import org.roadloop.app.config.Config;
import org.roadloop.app.home.Home;
import org.roadloop.app.http.Tokens;
import org.roadloop.core.evidence.LateEvidence;
import org.roadloop.core.identity.Keystore;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.LedgerHold;
import org.roadloop.core.ledger.TransparencyLog;

/**
 * What every part of a running platform shares.
 *
 * @param participant signs in the name of the organisation that runs the platform
 * @param publicUrl how others reach the HTTP door, without a slash at the end; the port is bound
 *     before the first part starts
 * @param late takes the evidence of acts that only take access away while the ledger can't
 * @param hold stops the writing of the ledger: it was rolled back
 * @param fail stops the platform: a broken invariant, never bad input
 */
public record PlatformContext(
        Home home,
        Config config,
        Keystore keystore,
        Signer participant,
        TransparencyLog ledger,
        LateEvidence late,
        Tokens tokens,
        URI publicUrl,
        Clock clock,
        LedgerHold hold,
        Consumer<Throwable> fail) {}
