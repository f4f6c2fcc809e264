package org.roadloop.app.witness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.roadloop.app.home.PrivateFiles;
import org.roadloop.app.http.Json;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.ledger.Checkpoint;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.TransparencyLog;
import org.roadloop.core.ledger.witness.SplitView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What happens when our own log is found to have gone back or forked (自身回滚): nothing is written any
 * more, not even evidence, since each entry would make the fork longer. The operator restores the
 * newer home, or gives the lost entries up by {@code ledger.acceptRollback}. Any thread.
 */
final class OwnFaults {
    private static final Logger LOG = LoggerFactory.getLogger(OwnFaults.class);

    /** What another node of our ledger appended is here within it. */
    private static final Duration SHARED_WAIT = Duration.ofSeconds(2);

    private final PlatformContext context;
    private final Path dir;

    OwnFaults(PlatformContext context, Path dir) {
        this.context = context;
        this.dir = dir;
    }

    /** Our own signature shows it: there is nothing to weigh. */
    synchronized void found(OwnLog.Fault fault, SignedNote.VerifierKey witness) {
        SplitView view = fault.view();
        ObjectNode body = view.toJson();
        body.put("witness", witness.name());
        String newerKey = "";
        if (!fault.handovers().isEmpty()) {
            // Without them nobody could tell from this home's keys whose signature it is.
            ArrayNode handovers = body.putArray("handovers");
            fault.handovers().forEach(proof -> handovers.add(proof.write()));
            newerKey =
                    " with a key that this home has never had and that its newest key handed over"
                            + " to,";
        }
        keep("own-split-view-" + view.id() + ".json", body);
        String subject = "split-view:" + view.id();
        // Of several witnesses each remembers another size: the largest covers them all.
        if (accepts(view.firstSize())) {
            accept(subject, view.firstSize(), body);
            return;
        }
        hold(
                "witness "
                        + witness.name()
                        + " holds a checkpoint of "
                        + view.firstSize()
                        + " entries that this ledger has signed,"
                        + newerKey
                        + " and its "
                        + view.secondSize()
                        + " entries do not continue it: was an old backup restored? Restore the"
                        + " newest home",
                view.firstSize());
    }

    /**
     * Looks at what witnesses say without our signature for it. It is the word of the few that the
     * operator has chosen: a partner's does not count, and one that remembered less and has
     * cosigned since the start speaks against it.
     *
     * @param configured witnesses of the configuration
     */
    void weigh(List<Cosigner> configured) {
        if (context.hold().reason().isPresent()) {
            return;
        }
        Map<SignedNote.VerifierKey, Long> claimed = new LinkedHashMap<>();
        for (Cosigner cosigner : configured) {
            Cosigner.State state = cosigner.state();
            if (cosigner.confirms()) {
                return;
            }
            if (state.standing() == Cosigner.Standing.DOUBTING
                    && state.claimedSize() > sizeWithin(state.claimedSize())) {
                claimed.put(cosigner.key(), state.claimedSize());
            }
        }
        if (!claimed.isEmpty()) {
            claimed(claimed);
        }
    }

    /** Another node may have appended what this one is about to hear of. */
    private long sizeWithin(long wanted) {
        TransparencyLog log = context.ledger();
        return log.shared() ? log.awaitGrowth(wanted - 1, SHARED_WAIT) : log.size();
    }

    /**
     * Every witness of the configuration that answers remembers more entries than there are, and
     * none shows our signature for it: as good as all that is known of a home from before its
     * ledger key was rotated, if its witnesses keep no handovers.
     *
     * @param claimed what each remembers
     */
    private synchronized void claimed(Map<SignedNote.VerifierKey, Long> claimed) {
        long most = claimed.values().stream().mapToLong(Long::longValue).max().orElseThrow();
        Checkpoint now = context.ledger().checkpoint();
        String subject = "rollback-claimed:" + most;
        ObjectNode body = Json.mapper().createObjectNode();
        body.put("kind", "claimed").put("proven", false).put("origin", now.origin());
        body.put("firstSize", most).put("secondSize", now.size()).put("second", now.note());
        ObjectNode witnesses = body.putObject("witnesses");
        claimed.forEach((key, size) -> witnesses.put(key.toString(), size));
        keep("own-rollback-claimed-" + most + ".json", body);
        if (accepts(most)) {
            accept(subject, most, body);
            return;
        }
        String who = String.join(", ", claimed.keySet().stream().map(k -> k.name()).toList());
        hold(
                "every configured witness that answers ("
                        + who
                        + ") remembers up to "
                        + most
                        + " entries of this ledger, which has "
                        + now.size()
                        + ", and none remembers less: was a backup from before a rotation of the ledger"
                        + " key restored? Restore the newest home, or take a witness that is wrong"
                        + " out of ledger.witnesses",
                most);
    }

    private void hold(String why, long size) {
        String whatToDo =
                why
                        + "; if its entries are lost, write 'ledger: {acceptRollback: "
                        + size
                        + "}' and start again";
        context.hold().hold(whatToDo);
        LOG.error("nothing is written any more: {}", whatToDo);
    }

    private boolean accepts(long size) {
        return context.config().ledger().oversight().acceptRollback() >= size;
    }

    private void keep(String name, ObjectNode body) {
        Path file = dir.resolve(name);
        try {
            if (!Files.exists(file)) {
                PrivateFiles.write(file, body.toPrettyString() + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can't be written", e);
        }
    }

    private void accept(String subject, long size, ObjectNode body) {
        if (context.ledger().version(subject) == 0) {
            context.ledger()
                    .append(
                            List.of(
                                    Event.of(
                                            "ledger.rollback-accepted",
                                            context.clock().instant(),
                                            context.participant().did(),
                                            subject,
                                            body)),
                            Map.of(subject, 0L));
            LOG.warn(
                    "the loss of entries up to {} is accepted by ledger.acceptRollback; witnesses"
                            + " that remember them will not cosign this ledger again",
                    size);
        }
    }
}
