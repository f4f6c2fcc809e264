package org.roadloop.dataspace.access;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.contract.UsageGate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings data to where consumers want it (推送): over HTTP, or into a bucket of S3. One push per
 * started transfer; at its end the transfer is completed, or terminated with the reason. A push
 * whose transfer was suspended says nothing any more, and one that is resumed begins when the one
 * before it is over. Any thread.
 *
 * <p>Data addresses hold secrets, so they are kept in memory only: after a restart of the provider,
 * transfers that were not completed are terminated as {@code data_address_lost}.
 */
public final class Pushes implements DataFlow {
    public static final String HTTP = "HttpData-PUSH";
    public static final String S3 = "AmazonS3-PUSH";

    /** A property of the data address: what the data will be used for. */
    public static final String PURPOSE = "purpose";

    /** A property of the data address: media type wanted; Parquet without it. */
    public static final String CONTENT_TYPE = "contentType";

    private static final Logger log = LoggerFactory.getLogger(Pushes.class);

    private final Releases releases;
    private final ContractBook book;
    private final Destinations destinations;
    private final Ends ends;
    private final Patience patience;
    private final Map<String, DataAddress> addresses = new ConcurrentHashMap<>();
    private final Map<String, Run> underWay = new ConcurrentHashMap<>();

    /** One push of a transfer, from a start of it to its next other state. */
    private static final class Run {
        final CountDownLatch over = new CountDownLatch(1);

        /** The transfer left the state it was pushed in: its end is not this push's to say. */
        volatile boolean stale;
    }

    /** What the connector says to the peer at the end. */
    public interface Ends {
        void complete(String transferPid);

        void terminate(String transferPid, String code, String reason);
    }

    /**
     * @param silence how long a receiver may make no progress
     * @param pauses before each further attempt without progress
     */
    public record Patience(Duration silence, List<Duration> pauses) {
        public static final Patience DEFAULT =
                new Patience(
                        Duration.ofSeconds(60),
                        List.of(
                                Duration.ofMillis(200),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(15),
                                Duration.ofSeconds(30)));

        public Patience {
            pauses = List.copyOf(pauses);
        }
    }

    public Pushes(
            Releases releases,
            ContractBook book,
            Destinations destinations,
            Ends ends,
            Patience patience) {
        this.releases = releases;
        this.book = book;
        this.destinations = destinations;
        this.ends = ends;
        this.patience = patience;
        book.listen(
                new ContractBook.Listener() {
                    @Override
                    public void moved(TransferProcess to) {
                        String pid = to.dialogue().pid();
                        if (to.ended()) {
                            addresses.remove(pid);
                        }
                        Run run = underWay.get(pid);
                        if (run != null && !(to instanceof TransferProcess.Started)) {
                            run.stale = true;
                        }
                    }
                });
    }

    @Override
    public boolean serves(String format) {
        return format.equals(HTTP) || format.equals(S3);
    }

    @Override
    public void requested(String transferPid, String format, @Nullable DataAddress destination) {
        if (destination == null) {
            throw new IllegalArgumentException(
                    "a transfer of format " + format + " needs a dataAddress to push to");
        }
        if (format.equals(HTTP) || !destination.endpoint().isEmpty()) {
            destinations.check(URI.create(destination.endpoint()));
        }
        if (format.equals(S3)) {
            S3Bucket.of(destination);
        }
        addresses.put(transferPid, destination);
    }

    @Override
    public Optional<DataAddress> address(TransferProcess transfer) {
        return Optional.empty();
    }

    @Override
    public void started(TransferProcess transfer) {
        String pid = transfer.dialogue().pid();
        underWay.compute(
                pid,
                (same, before) -> {
                    if (before != null && !before.stale) {
                        return before;
                    }
                    Run run = new Run();
                    Thread.ofVirtual()
                            .name("push " + pid)
                            .start(() -> follow(before, run, transfer));
                    return run;
                });
    }

    /** Two pushes of one transfer would write over each other. */
    private void follow(@Nullable Run before, Run run, TransferProcess transfer) {
        String pid = transfer.dialogue().pid();
        try {
            if (before != null) {
                before.over.await();
            }
            // suspended before the listener could know of this run: its resumption starts another
            run.stale |= !(book.getTransfer(pid) instanceof TransferProcess.Started);
            if (!run.stale) {
                push(transfer, run);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            run.over.countDown();
            underWay.remove(pid, run);
        }
    }

    private void push(TransferProcess transfer, Run run) throws InterruptedException {
        String pid = transfer.dialogue().pid();
        DataAddress to = addresses.get(pid);
        try {
            if (to == null) {
                throw new PushFailedException(
                        "data_address_lost",
                        "the provider was restarted and keeps no secrets; ask for a new transfer");
            }
            carry(transfer, to);
            if (run.stale) {
                log.info("push {} stopped: the transfer was suspended", pid);
            } else {
                ends.complete(pid);
            }
        } catch (UsageGate.RefusedException e) {
            end(run, pid, e.refusal().reasons().getFirst().code(), String.valueOf(e.getMessage()));
        } catch (AccessProblem e) {
            end(run, pid, e.code(), String.valueOf(e.getMessage()));
        } catch (PushFailedException e) {
            end(run, pid, e.code(), String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            if (goesOn(run, pid)) {
                log.warn("push {} failed", pid, e);
                end(run, pid, "push_failed", "the provider could not push the data");
            } else {
                log.info("push {} stopped: the transfer is no longer started", pid);
            }
        }
    }

    private void carry(TransferProcess transfer, DataAddress to)
            throws IOException, PushFailedException, InterruptedException {
        Releases.Use use =
                new Releases.Use(
                        transfer.agreementId(),
                        book.getContract(transfer.agreementId()).agreement().consumer(),
                        transfer.dialogue().pid(),
                        to.properties().getOrDefault(PURPOSE, ""));
        RowFormat format = RowFormat.accepted(to.properties().getOrDefault(CONTENT_TYPE, ""));
        try (MeteredFile file = releases.openFile(use, format)) {
            if (transfer.format().equals(S3)) {
                new S3Push(destinations, patience).push(file, S3Bucket.of(to));
            } else {
                new HttpPush(destinations, patience).push(file, to);
            }
        }
    }

    /** Whether the transfer is still in the start that this push belongs to. */
    private boolean goesOn(Run run, String pid) {
        return !run.stale && book.getTransfer(pid) instanceof TransferProcess.Started;
    }

    private void end(Run run, String pid, String code, String reason) {
        if (goesOn(run, pid)) {
            log.info("push {} ended: {}: {}", pid, code, reason);
            try {
                ends.terminate(pid, code, reason);
            } catch (IllegalStateException e) {
                log.info("transfer {} ended meanwhile", pid);
            }
        }
    }

    /** After a restart: pushes that were under way have lost where to. */
    public void resume() {
        for (TransferProcess transfer : book.listTransfers()) {
            if (serves(transfer.format())
                    && transfer.dialogue().self() == Role.PROVIDER
                    && transfer instanceof TransferProcess.Started) {
                started(transfer);
            }
        }
    }
}
