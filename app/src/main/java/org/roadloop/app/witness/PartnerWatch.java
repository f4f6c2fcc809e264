package org.roadloop.app.witness;

import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.witness.Answer;
import org.roadloop.core.ledger.witness.SplitView;
import org.roadloop.core.ledger.witness.Submission;
import org.roadloop.core.ledger.witness.Witness;

/**
 * Looks at the log of a partner as everybody sees it (对方账本监视), and holds it against what was
 * witnessed. A partner that shows us one log and the world another is found out here. Any thread,
 * one a partner.
 */
final class PartnerWatch {
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final Witness witness;
    private final HttpClient http;
    private final InstantSource clock;
    private final Map<String, Sight> sights = new ConcurrentHashMap<>();

    /** How the last look went. */
    enum State {
        CONSISTENT,
        UNREACHABLE,
        /** It shows a note that its known keys have not signed, or another log. */
        UNVERIFIED,
        SHRUNK,
        FORKED,
        UNPROVEN
    }

    record Sight(State state, Instant at, String remark) {}

    PartnerWatch(Witness witness, HttpClient http, InstantSource clock) {
        this.witness = witness;
        this.http = http;
        this.clock = clock;
    }

    /** The last look at a log. */
    Optional<Sight> find(String origin) {
        return Optional.ofNullable(sights.get(origin));
    }

    void look(LogStatement partner) throws InterruptedException {
        witness.trust(partner.origin(), partner.logKeys());
        Sight last = sights.get(partner.origin());
        if (last != null
                && last.state() == State.UNREACHABLE
                && last.at().plus(RETRY).isAfter(clock.instant())) {
            return;
        }
        Sight sight;
        try {
            sight = see(partner);
        } catch (IOException e) {
            sight = sight(State.UNREACHABLE, String.valueOf(e.getMessage()));
        } catch (SignedNote.InvalidNoteException e) {
            sight = sight(State.UNVERIFIED, "its checkpoint " + e.getMessage());
        }
        sights.put(partner.origin(), sight);
    }

    private Sight see(LogStatement partner) throws IOException, InterruptedException {
        // What the log had signed before we asked, it must still have when it answers.
        Optional<Checkpoint> before = witness.findLatest(partner.origin());
        long known = before.map(Checkpoint::size).orElse(0L);
        Submission shown = new WitnessClient(http, partner.witnessUrl()).fetchSubmission(known);
        Checkpoint checkpoint = SignedNote.parseCheckpoint(shown.note(), partner.logKeys());
        if (!checkpoint.origin().equals(partner.origin())) {
            return sight(State.UNVERIFIED, "it shows log " + checkpoint.origin());
        }
        if (before.isPresent() && checkpoint.size() < known) {
            return convicted(
                    new SplitView(
                            SplitView.Kind.SHRUNK,
                            partner.origin(),
                            before.get().note(),
                            shown.note(),
                            List.of()));
        }
        Answer answer = witness.addCheckpoint(shown);
        if (answer.status() == 200) {
            return sight(State.CONSISTENT, "");
        }
        if (answer.status() == 409 && shown.oldSize() == known) {
            return sight(State.CONSISTENT, ""); // it came to us itself meanwhile
        }
        if (answer.status() == 403) {
            return sight(State.UNVERIFIED, answer.body().strip());
        }
        Optional<SplitView> proven =
                before.flatMap(
                        old ->
                                SplitView.between(
                                        old.note(), shown.note(), shown.path(), partner.logKeys()));
        if (proven.isPresent()) {
            return convicted(proven.get());
        }
        if (before.isEmpty()) {
            return sight(State.UNPROVEN, answer.body().strip());
        }
        return convicted(
                new SplitView(
                        SplitView.Kind.UNPROVEN,
                        partner.origin(),
                        before.get().note(),
                        shown.note(),
                        shown.path()));
    }

    private Sight convicted(SplitView view) {
        witness.report(view);
        State state =
                switch (view.kind()) {
                    case FORKED -> State.FORKED;
                    case SHRUNK -> State.SHRUNK;
                    case UNPROVEN -> State.UNPROVEN;
                };
        return sight(state, view.summary());
    }

    private Sight sight(State state, String remark) {
        return new Sight(state, clock.instant(), remark);
    }
}
