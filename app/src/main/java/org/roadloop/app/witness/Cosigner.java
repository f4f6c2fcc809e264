package org.roadloop.app.witness;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.TransparencyLog;
import org.roadloop.core.ledger.witness.Cosignatures;
import org.roadloop.core.ledger.witness.SplitView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One witness of our own log (我方见证), and how far it has followed. One thread at a time; {@link
 * #state} from any.
 */
final class Cosigner {
    private static final Logger LOG = LoggerFactory.getLogger(Cosigner.class);
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);
    private static final int MAX_DOUBLINGS = 7;

    private final WitnessClient client;
    private final SignedNote.VerifierKey key;
    private final InstantSource clock;
    private int failures;
    private Instant nextAt = Instant.MIN;
    private volatile State state = new State(Standing.WAITING, 0, 0, "");

    /** How a witness stands to our log. */
    enum Standing {
        WAITING,
        COSIGNING,
        UNREACHABLE,
        /** It answers, but does not sign: it does not know our log or our key. */
        REFUSING,
        /** It says that our log went back, and can't show our signature for it. */
        DOUBTING,
        /** Our own signature shows that our log was rolled back or forked. */
        CONVICTING
    }

    /**
     * @param size cosigned last
     * @param timeSeconds of that cosignature since 1970, 0 if none
     * @param remark for an operator; empty if all is well
     */
    record State(Standing standing, long size, long timeSeconds, String remark) {}

    Cosigner(WitnessClient client, SignedNote.VerifierKey key, InstantSource clock) {
        this.client = client;
        this.key = key;
        this.clock = clock;
    }

    SignedNote.VerifierKey key() {
        return key;
    }

    WitnessClient client() {
        return client;
    }

    State state() {
        return state;
    }

    /**
     * Offers what the witness has not signed yet, unless it is to be left alone for a while.
     *
     * @param ownKeys of our log, also the former ones
     * @return that our own log is not what it was, with our own signatures as the proof
     */
    Optional<SplitView> offer(
            TransparencyLog log, List<SignedNote.VerifierKey> ownKeys, Cosignatures cosignatures)
            throws InterruptedException {
        if (state.standing() == Standing.CONVICTING
                || clock.instant().isBefore(nextAt)
                || (state.standing() == Standing.COSIGNING && state.size() == log.size())) {
            return Optional.empty();
        }
        try {
            WitnessClient.Offered offered = client.offer(log, state.size());
            if (offered.cosigned()) {
                long time = cosignatures.add(offered.checkpoint(), offered.reply().body(), key);
                if (state.standing() != Standing.COSIGNING) {
                    LOG.info("witness {} cosigns at {} entries", key.name(), offered.size());
                }
                state = new State(Standing.COSIGNING, offered.size(), time, "");
                failures = 0;
                return Optional.empty();
            }
            return refused(log, ownKeys, offered);
        } catch (IOException e) {
            fail(Standing.UNREACHABLE, String.valueOf(e.getMessage()));
        } catch (SignedNote.InvalidNoteException e) {
            fail(Standing.REFUSING, "its cosignature: " + e.getMessage());
        }
        return Optional.empty();
    }

    private Optional<SplitView> refused(
            TransparencyLog log,
            List<SignedNote.VerifierKey> ownKeys,
            WitnessClient.Offered offered)
            throws IOException, InterruptedException {
        int status = offered.reply().status();
        if (status != 409 && status != 422) {
            fail(Standing.REFUSING, "it answers " + status + ": " + firstLine(offered.reply()));
            return Optional.empty();
        }
        Optional<SplitView> view = confront(log, ownKeys);
        if (view.isPresent()) {
            state =
                    new State(
                            Standing.CONVICTING,
                            state.size(),
                            state.timeSeconds(),
                            view.get().summary());
        } else {
            fail(
                    Standing.DOUBTING,
                    "it answers " + status + " and shows no checkpoint of ours for it");
        }
        return view;
    }

    private static String firstLine(WitnessClient.Reply reply) {
        String line = reply.body().lines().findFirst().orElse("");
        return line.length() > 200 ? line.substring(0, 200) : line;
    }

    /**
     * A witness may lie; our own signature does not. Only a checkpoint that we signed and that does
     * not fit our log counts.
     */
    private Optional<SplitView> confront(TransparencyLog log, List<SignedNote.VerifierKey> ownKeys)
            throws IOException, InterruptedException {
        Optional<String> shown = client.findCheckpoint(log.verifierKey().name());
        if (shown.isEmpty()) {
            return Optional.empty();
        }
        Checkpoint theirs;
        try {
            theirs = SignedNote.parseCheckpoint(shown.get(), ownKeys);
        } catch (SignedNote.InvalidNoteException notOurs) {
            return Optional.empty();
        }
        return OwnHistory.contradiction(log, theirs, ownKeys);
    }

    private void fail(Standing standing, String remark) {
        if (state.standing() != standing) {
            LOG.warn("witness {} at {}: {}", key.name(), client.prefix(), remark);
        }
        state = new State(standing, state.size(), state.timeSeconds(), remark);
        Duration pause = SHORTEST_PAUSE.multipliedBy(1L << Math.min(failures++, MAX_DOUBLINGS));
        nextAt = clock.instant().plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
    }
}
