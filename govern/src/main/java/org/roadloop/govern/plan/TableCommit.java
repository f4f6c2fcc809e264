package org.roadloop.govern.plan;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.ConflictException;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Event;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.LogPosition;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lineage.LineageEvent;
import org.roadloop.govern.quality.Report;

/**
 * One commit of one table (提交): Parquet file, passport in the ledger, lineage, snapshot. Storage
 * may refuse any step; {@link #advance} called again goes on at that step, with the same file and
 * the same passport, and does none twice. One thread.
 */
final class TableCommit {
    private final Lake lake;
    private final Ledger ledger;
    private final @Nullable Path lineageFile;
    private final Signer signer;
    private final Stretch stretch;
    private @Nullable List<Lake.Written> written;
    private @Nullable Passport passport;
    private Evidence evidence = Evidence.NONE;
    private long ledgerSize;
    private boolean lineageWritten;

    /** How far the passport is on its way into the ledger. */
    private enum Evidence {
        NONE,
        /** An append failed: the entry may be there all the same. */
        UNKNOWN,
        APPENDED
    }

    /**
     * What is committed.
     *
     * @param rawRows rows of the log in the stretch; without any there is nothing to certify
     * @param batches governed rows; they stay the caller's
     */
    record Stretch(
            Plan plan,
            LogPosition from,
            LogPosition upTo,
            long rawRows,
            String inputSha256,
            List<Batch> batches,
            Report report,
            int keyEpoch,
            Instant at) {}

    TableCommit(
            Lake lake, Ledger ledger, @Nullable Path lineageFile, Signer signer, Stretch stretch) {
        this.lake = lake;
        this.ledger = ledger;
        this.lineageFile = lineageFile;
        this.signer = signer;
        this.stretch = stretch;
    }

    LogPosition upTo() {
        return stretch.upTo();
    }

    /** Returns once all of it is on disk. */
    void advance() {
        String table = stretch.plan().table();
        List<Lake.Written> files = written;
        if (files == null) {
            files =
                    stretch.batches().isEmpty()
                            ? List.of()
                            : List.of(lake.write(table, stretch.batches()));
            written = files;
        }
        Map<String, String> summary = Map.of();
        if (stretch.rawRows() > 0) {
            Passport signed = passport;
            if (signed == null) {
                signed = sign(files);
                passport = signed;
            }
            appendEvidence(signed);
            appendLineage(signed, files);
            summary = Map.of(Passport.SUMMARY_KEY, signed.sha256());
        }
        lake.commit(table, files, stretch.upTo(), summary);
    }

    private Passport sign(List<Lake.Written> files) {
        List<Passport.Output> outputs =
                files.stream()
                        .map(
                                file ->
                                        new Passport.Output(
                                                Objects.requireNonNull(file.file().getFileName())
                                                        .toString(),
                                                file.sha256(),
                                                file.rows(),
                                                file.dataBytes()))
                        .toList();
        return Passport.sign(
                new Passport.Run(
                        stretch.plan(),
                        stretch.from(),
                        stretch.upTo(),
                        stretch.inputSha256(),
                        outputs,
                        stretch.report(),
                        stretch.keyEpoch(),
                        stretch.at()),
                signer);
    }

    /** A ledger that failed may have the passport; then it is not given another one. */
    private void appendEvidence(Passport signed) {
        Event event = signed.event();
        if (evidence == Evidence.NONE) {
            ledgerSize = ledger.size();
            evidence = Evidence.UNKNOWN;
            ledger.append(event);
            evidence = Evidence.APPENDED;
        }
        while (evidence == Evidence.UNKNOWN) {
            long version = ledger.version(event.subject());
            if (!isInLedger(signed)) {
                try {
                    ledger.append(List.of(event), Map.of(event.subject(), version));
                } catch (ConflictException e) {
                    // Somebody wrote about the table since the look: perhaps it was this passport.
                    continue;
                }
            }
            evidence = Evidence.APPENDED;
        }
    }

    private boolean isInLedger(Passport signed) {
        String sha256 = signed.sha256();
        try (Stream<Entry> entries = ledger.read(ledgerSize)) {
            return entries.map(Entry::event)
                    .filter(event -> event.type().equals(Passport.EVENT_TYPE))
                    .filter(event -> event.subject().equals(stretch.plan().table()))
                    .anyMatch(event -> Passport.read(event.json()).sha256().equals(sha256));
        }
    }

    private void appendLineage(Passport signed, List<Lake.Written> files) {
        if (lineageFile == null || lineageWritten) {
            return;
        }
        Plan plan = stretch.plan();
        new LineageEvent(
                        stretch.at(),
                        LineageEvent.runIdOf(signed.sha256()),
                        plan.name(),
                        List.of(
                                "frame-log/"
                                        + plan.source()
                                        + "/"
                                        + stretch.from()
                                        + ".."
                                        + upTo()),
                        plan.table(),
                        plan.governedSchema(),
                        files.stream().mapToLong(Lake.Written::rows).sum(),
                        files.stream().mapToLong(Lake.Written::dataBytes).sum())
                .appendTo(lineageFile);
        lineageWritten = true;
    }
}
