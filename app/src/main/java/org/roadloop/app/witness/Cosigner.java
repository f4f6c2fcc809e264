package org.roadloop.app.witness;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.roadloop.core.ledger.ProofBundle;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.TransparencyLog;
import org.roadloop.core.ledger.witness.Cosignatures;
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
    private volatile State state = new State(Standing.WAITING, 0, 0, "", 0);

    /** Whether it had a memory of our log from before this start, and our log continued it. */
    private volatile boolean confirms;

    /** Changes of our log's key that it was told of, or does not want to hear. */
    private int handoversLeft;

    /** How a witness stands to our log. */
    enum Standing {
        WAITING,
        COSIGNING,
        UNREACHABLE,
        /** It answers, but does not sign: it does not know our log or our key. */
        REFUSING,
        /** It says that our log went back, and can't show a signature of ours for it. */
        DOUBTING,
        /** Our own signature shows that our log was rolled back or forked. */
        CONVICTING
    }

    /**
     * @param size cosigned last
     * @param timeSeconds of that cosignature since 1970, 0 if none
     * @param remark for an operator; empty if all is well
     * @param claimedSize entries that it says our log had, without our signature; 0 if it says
     *     nothing of the kind
     */
    record State(Standing standing, long size, long timeSeconds, String remark, long claimedSize) {}

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

    /** True if it remembered our log from before this start, and found that it goes on. */
    boolean confirms() {
        return confirms;
    }

    /**
     * Offers what the witness has not signed yet, unless it is to be left alone for a while.
     *
     * @return that our own log is not what it was, with our own signatures as the proof
     */
    Optional<OwnLog.Fault> offer(OwnLog own, Cosignatures cosignatures)
            throws InterruptedException {
        if (state.standing() == Standing.CONVICTING
                || clock.instant().isBefore(nextAt)
                || (state.standing() == Standing.COSIGNING && state.size() == own.log().size())) {
            return Optional.empty();
        }
        try {
            WitnessClient.Offered offered = client.offer(own.log(), state.size());
            if (offered.cosigned()) {
                long time = cosignatures.add(offered.checkpoint(), offered.reply().body(), key);
                if (state.timeSeconds() == 0) {
                    confirms = offered.before() > 0;
                }
                if (state.standing() != Standing.COSIGNING) {
                    LOG.info("witness {} cosigns at {} entries", key.name(), offered.size());
                }
                state = new State(Standing.COSIGNING, offered.size(), time, "", 0);
                failures = 0;
                return Optional.empty();
            }
            return refused(own, offered);
        } catch (IOException e) {
            fail(Standing.UNREACHABLE, String.valueOf(e.getMessage()), 0);
        } catch (SignedNote.InvalidNoteException e) {
            fail(Standing.REFUSING, "its cosignature: " + e.getMessage(), 0);
        }
        return Optional.empty();
    }

    /**
     * Leaves the proofs of our log's changes of key with a witness that cosigns: it can hand them
     * to an old copy of this home.
     */
    void leave(TransparencyLog log, List<ProofBundle> handovers) throws InterruptedException {
        while (state.standing() == Standing.COSIGNING && handoversLeft < handovers.size()) {
            WitnessClient.Reply reply;
            try {
                reply =
                        client.leaveHandover(
                                log.verifierKey().name(), handovers.get(handoversLeft));
            } catch (IOException later) {
                return; // the next offer says that it can't be reached
            }
            if (reply.status() >= 500) {
                return;
            }
            // One of another make knows no handovers: 404 or 405.
            handoversLeft = reply.status() == 200 ? handoversLeft + 1 : handovers.size();
        }
    }

    private Optional<OwnLog.Fault> refused(OwnLog own, WitnessClient.Offered offered)
            throws IOException, InterruptedException {
        int status = offered.reply().status();
        boolean unknownKey = status == 403;
        if (status != 409 && status != 422 && !unknownKey) {
            fail(Standing.REFUSING, "it answers " + status + ": " + firstLine(offered.reply()), 0);
            return Optional.empty();
        }
        Optional<String> shown = client.findCheckpoint(own.log().verifierKey().name());
        Optional<OwnLog.Fault> fault =
                shown.isEmpty() ? Optional.empty() : confront(own, shown.get());
        long claimed = Math.max(offered.size(), shown.map(this::cosignedSize).orElse(0L));
        if (fault.isPresent()) {
            state =
                    new State(
                            Standing.CONVICTING,
                            state.size(),
                            state.timeSeconds(),
                            fault.get().view().summary(),
                            0);
        } else if (unknownKey && claimed <= own.log().size()) {
            fail(Standing.REFUSING, "it answers 403: " + firstLine(offered.reply()), 0);
        } else {
            fail(
                    Standing.DOUBTING,
                    "it answers "
                            + status
                            + (claimed > 0 ? ", remembers " + claimed + " entries" : "")
                            + " and shows no checkpoint of ours for it",
                    claimed);
        }
        return fault;
    }

    private static String firstLine(WitnessClient.Reply reply) {
        String line = reply.body().lines().findFirst().orElse("");
        return line.length() > 200 ? line.substring(0, 200) : line;
    }

    /**
     * A witness may lie; our own signature does not. Only a checkpoint that we signed and that does
     * not fit our log counts; of a key that came after ours, the witness has to show that ours
     * handed over to it.
     */
    private Optional<OwnLog.Fault> confront(OwnLog own, String note)
            throws IOException, InterruptedException {
        try {
            return own.knowsSignerOf(note)
                    ? own.against(note)
                    : own.against(note, client.fetchHandovers(own.log().verifierKey().name()));
        } catch (SignedNote.InvalidNoteException | IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    /**
     * Entries of our log in a note that the witness stands for with its own key; 0 if it does not.
     */
    private long cosignedSize(String note) {
        try {
            SignedNote.verify(note, List.of(key));
            return SignedNote.parseCheckpointUnverified(note).size();
        } catch (SignedNote.InvalidNoteException notItsWord) {
            return 0;
        }
    }

    private void fail(Standing standing, String remark, long claimedSize) {
        if (state.standing() != standing) {
            LOG.warn("witness {} at {}: {}", key.name(), client.prefix(), remark);
        }
        state = new State(standing, state.size(), state.timeSeconds(), remark, claimedSize);
        Duration pause = SHORTEST_PAUSE.multipliedBy(1L << Math.min(failures++, MAX_DOUBLINGS));
        nextAt = clock.instant().plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
    }
}
