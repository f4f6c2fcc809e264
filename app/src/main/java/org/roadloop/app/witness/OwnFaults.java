package org.roadloop.app.witness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.roadloop.app.home.PrivateFiles;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.SignedNote;
import org.roadloop.core.ledger.witness.SplitView;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What happens when our own signature shows that our own log went back or forked (自身回滚): nothing is
 * written any more, not even evidence, since each entry would make the fork longer. The operator
 * restores the newer home, or gives the lost entries up by {@code ledger.acceptRollback}. Any
 * thread.
 */
final class OwnFaults {
    private static final Logger LOG = LoggerFactory.getLogger(OwnFaults.class);
    private final PlatformContext context;
    private final Path dir;

    OwnFaults(PlatformContext context, Path dir) {
        this.context = context;
        this.dir = dir;
    }

    /**
     * @param view {@code first} is what a witness remembers and we signed, {@code second} what we
     *     have
     */
    synchronized void found(SplitView view, SignedNote.VerifierKey witness) {
        ObjectNode body = view.toJson();
        body.put("witness", witness.name());
        keep(view, body);
        // Of several witnesses each remembers another size: the largest covers them all.
        if (context.config().ledger().oversight().acceptRollback() >= view.firstSize()) {
            accept(view, body);
            return;
        }
        String why =
                "witness "
                        + witness.name()
                        + " holds a checkpoint of "
                        + view.firstSize()
                        + " entries that this ledger has signed, and its "
                        + view.secondSize()
                        + " entries do not continue it: was an old backup restored? Restore the"
                        + " newest home; if its entries are lost, write 'ledger: {acceptRollback: "
                        + view.firstSize()
                        + "}' and start again";
        context.hold().hold(why);
        LOG.error("nothing is written any more: {}", why);
    }

    private void keep(SplitView view, ObjectNode body) {
        Path file = dir.resolve("own-split-view-" + view.id() + ".json");
        try {
            if (!Files.exists(file)) {
                PrivateFiles.write(file, body.toPrettyString() + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can't be written", e);
        }
    }

    private void accept(SplitView view, ObjectNode body) {
        String subject = "split-view:" + view.id();
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
                    "the loss of entries up to {} is accepted by ledger.acceptRollback;"
                            + " {} will not cosign this ledger again",
                    view.firstSize(),
                    body.path("witness").asString(""));
        }
    }
}
