package org.roadloop.app.clearing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.roadloop.core.contract.ContractBook;
import org.roadloop.core.contract.ContractGate;
import org.roadloop.core.contract.DataAddress;
import org.roadloop.core.contract.Role;
import org.roadloop.core.contract.TransferProcess;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.policy.Action;
import org.roadloop.dataspace.access.Pushes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what a provider pushed into a bucket of ours (桶内计量): once it says that it is done, the
 * object is read from the bucket, counted here and not kept. Any thread.
 *
 * <p>The address of the bucket holds secrets and is in memory only: what was asked for before a
 * restart is counted by the provider alone.
 */
public final class BucketMeter implements ContractBook.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(BucketMeter.class);

    private final ContractBook book;
    private final OwnMeter meter;
    private final Map<String, DataAddress> asked;
    private final Fetch fetch;
    private final Path staging;
    private final Clock clock;

    /** Brings an object out of a bucket into a file. */
    public interface Fetch {
        void fetch(DataAddress bucket, Path file) throws IOException;
    }

    /**
     * @param asked addresses that were given to providers, by transfer; what ended is removed here
     */
    public BucketMeter(
            ContractBook book,
            OwnMeter meter,
            Map<String, DataAddress> asked,
            Fetch fetch,
            Path staging,
            Clock clock) {
        this.book = book;
        this.meter = meter;
        this.asked = asked;
        this.fetch = fetch;
        this.staging = staging;
        this.clock = clock;
    }

    @Override
    public void moved(TransferProcess to) {
        boolean ours = to.dialogue().self() == Role.CONSUMER && to.format().equals(Pushes.S3);
        if (!ours || !to.ended()) {
            return;
        }
        String pid = to.dialogue().pid();
        DataAddress bucket = asked.remove(pid);
        if (!(to instanceof TransferProcess.Completed)) {
            return;
        }
        if (bucket == null) {
            LOG.warn("what came by transfer {} is not counted here: its bucket is forgotten", pid);
            return;
        }
        Thread.ofVirtual().name("bucket-meter").start(() -> count(to, bucket));
    }

    private void count(TransferProcess transfer, DataAddress bucket) {
        Instant since = clock.instant();
        Path file = null;
        try {
            Files.createDirectories(staging);
            file = Files.createTempFile(staging, "bucket", ".rows");
            fetch.fetch(bucket, file);
            long rows = ReceivedRows.of(file, RowFile.mediaType(file)).rows();
            List<UsageGate.Quantity> quantities = new ArrayList<>();
            quantities.add(new UsageGate.Quantity(1, ContractGate.USE));
            if (rows != ReceivedRows.UNKNOWN) {
                quantities.add(new UsageGate.Quantity(rows, "row"));
            }
            quantities.add(new UsageGate.Quantity(Files.size(file), "byte"));
            meter.received(
                    new OwnMeter.Act(
                            book.getContract(transfer.agreementId()),
                            Action.USE,
                            bucket.properties().getOrDefault(Pushes.PURPOSE, "")),
                    since,
                    quantities);
        } catch (IOException | RuntimeException e) {
            LOG.warn(
                    "what came by transfer {} is not counted here: {}",
                    transfer.dialogue().pid(),
                    e + "");
        } finally {
            remove(file);
        }
    }

    private static void remove(@org.jspecify.annotations.Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.warn("{} stays until the next start", file.getFileName(), e);
        }
    }
}
