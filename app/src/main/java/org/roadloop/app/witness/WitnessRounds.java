package org.roadloop.app.witness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.HandoverProofs;
import org.roadloop.core.ledger.ProofBundle;
import org.roadloop.core.ledger.witness.SplitView;
import org.roadloop.core.ledger.witness.Witness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rounds of the witness (见证轮次): looks at the logs of partners, shows ours to its witnesses,
 * leaves it at its anchors. One thread, but for the first offer, which comes before it.
 */
final class WitnessRounds {
    private static final Logger LOG = LoggerFactory.getLogger(WitnessRounds.class);

    private final WitnessPart.Running on;
    private final Supplier<Set<String>> partnerDids;
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Thread thread;

    /** Proofs of our log's changes of key; null until a round has read them. */
    private @Nullable List<ProofBundle> handovers;

    /**
     * @param partnerDids DIDs of the other party of each contract in force
     */
    WitnessRounds(WitnessPart.Running on, Supplier<Set<String>> partnerDids) {
        this.on = on;
        this.partnerDids = partnerDids;
    }

    void begin() {
        thread = Thread.ofVirtual().name("witness").start(this::run);
    }

    void close() throws InterruptedException {
        closed.countDown();
        Thread running = thread;
        if (running != null) {
            running.interrupt();
            running.join();
        }
    }

    private void run() {
        long pauseSeconds = on.context.config().ledger().oversight().witnessSeconds();
        try {
            do {
                try {
                    round();
                } catch (RuntimeException e) {
                    LOG.error("a round to the witnesses failed", e);
                }
            } while (!closed.await(pauseSeconds, TimeUnit.SECONDS));
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() throws InterruptedException {
        on.partners.learn(partnerDids.get());
        lookAtPartners();
        recordSplitViews();
        offerToAll(Duration.ofMinutes(1));
        if (on.context.hold().reason().isEmpty()) {
            for (Cosigner cosigner : on.cosigners()) {
                cosigner.leave(on.context.ledger(), handovers());
            }
            on.anchoring.round();
        }
    }

    private void lookAtPartners() throws InterruptedException {
        inParallel(
                on.partners.list().stream()
                        .map(
                                partner ->
                                        (Callable<Boolean>)
                                                () -> {
                                                    on.watch.look(partner);
                                                    return true;
                                                })
                        .toList(),
                Duration.ofMinutes(1));
        for (LogStatement partner : on.partners.list()) {
            on.watch
                    .find(partner.origin())
                    .filter(sight -> sight.state() == PartnerWatch.State.UNVERIFIED)
                    .ifPresent(sight -> on.partners.askAgain(partner));
        }
    }

    /** Both notes become evidence of ours, once; the version of the subject says if they are. */
    private void recordSplitViews() {
        if (on.context.hold().reason().isPresent()) {
            return;
        }
        for (Witness.Known known : on.witness.list()) {
            for (SplitView view : known.splitViews()) {
                String subject = "split-view:" + view.id();
                if (on.context.ledger().version(subject) == 0) {
                    Event event =
                            Event.of(
                                    "ledger.split-view",
                                    on.context.clock().instant(),
                                    on.context.participant().did(),
                                    subject,
                                    view.toJson());
                    on.context.ledger().append(List.of(event), Map.of(subject, 0L));
                }
            }
        }
    }

    /** Shows our log to each witness; what they hold against it is weighed. */
    void offerToAll(Duration within) throws InterruptedException {
        OwnLog own = on.own();
        List<Callable<Boolean>> offers = new ArrayList<>();
        for (Cosigner cosigner : on.cosigners()) {
            offers.add(
                    () -> {
                        cosigner.offer(own, on.cosignatures)
                                .ifPresent(fault -> on.ownFaults.found(fault, cosigner.key()));
                        return true;
                    });
        }
        inParallel(offers, within);
        on.ownFaults.weigh(on.configured);
    }

    /** Once a start: the key changes only between starts. */
    private List<ProofBundle> handovers() {
        List<ProofBundle> found = handovers;
        if (found == null) {
            found = HandoverProofs.of(on.context.ledger());
            handovers = found;
        }
        return found;
    }

    private static void inParallel(List<Callable<Boolean>> calls, Duration within)
            throws InterruptedException {
        if (calls.isEmpty()) {
            return;
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var call : threads.invokeAll(calls, within.toMillis(), TimeUnit.MILLISECONDS)) {
                if (!call.isCancelled() && call.state() == Future.State.FAILED) {
                    LOG.error("a witness could not be dealt with", call.exceptionNow());
                }
            }
        }
    }
}
