package org.roadloop.dataspace.access;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
 * started transfer; at its end the transfer is completed, or terminated with the reason. Any
 * thread.
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
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

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
                        if (to.ended()) {
                            addresses.remove(to.dialogue().pid());
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
        if (underWay.add(pid)) {
            Thread.ofVirtual()
                    .name("push " + pid)
                    .start(
                            () -> {
                                try {
                                    push(transfer);
                                } finally {
                                    underWay.remove(pid);
                                }
                            });
        }
    }

    private void push(TransferProcess transfer) {
        String pid = transfer.dialogue().pid();
        DataAddress to = addresses.get(pid);
        try {
            if (to == null) {
                throw new PushFailedException(
                        "data_address_lost",
                        "the provider was restarted and keeps no secrets; ask for a new transfer");
            }
            carry(transfer, to);
            ends.complete(pid);
        } catch (UsageGate.RefusedException e) {
            end(pid, e.refusal().reasons().getFirst().code(), String.valueOf(e.getMessage()));
        } catch (AccessProblem e) {
            end(pid, e.code(), String.valueOf(e.getMessage()));
        } catch (PushFailedException e) {
            end(pid, e.code(), String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            if (book.getTransfer(pid) instanceof TransferProcess.Started) {
                log.warn("push {} failed", pid, e);
                end(pid, "push_failed", "the provider could not push the data");
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

    private void end(String pid, String code, String reason) {
        if (book.getTransfer(pid) instanceof TransferProcess.Started) {
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
