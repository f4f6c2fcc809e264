package org.roadloop.govern.product;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.identity.Signer;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.lake.LakeMaintenance;
import org.roadloop.govern.lake.SchemaEvolution;
import org.roadloop.govern.lineage.LineageEvent;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.plan.Passport;
import org.roadloop.govern.plan.PlanCheck;
import org.roadloop.govern.privacy.ReleaseRule;

/**
 * Runs plans into tables (产品运行): check, rows through the steps into files, group sizes, passport in
 * the ledger, lineage, then one snapshot that holds these files and no others. A run that fails
 * before the snapshot leaves no file behind; a passport without a snapshot then says in the ledger
 * that rows were made which nobody ever saw. Any thread, one at a time for a table.
 */
public final class ProductRun {
    /** Snapshot summary key of a product: hex SHA-256 of its plan. */
    public static final String PLAN_KEY = "roadloop.product-plan-sha256";

    private static final int MOST_FILE_ROWS = 1_000_000;

    /** Cells of one output file: about 70 MB while it is written. */
    private static final int MOST_FILE_CELLS = 8_000_000;

    private final Inputs inputs;
    private final Keyring keys;
    private final Ledger ledger;
    private final Signer signer;
    private final Clock clock;
    private final Path lineageFile;

    public ProductRun(
            Inputs inputs,
            Keyring keys,
            Ledger ledger,
            Signer signer,
            Clock clock,
            Path lineageFile) {
        this.inputs = inputs;
        this.keys = keys;
        this.ledger = ledger;
        this.signer = signer;
        this.clock = clock;
        this.lineageFile = lineageFile;
    }

    /** What a run made. */
    public record Result(
            long snapshot, long rows, List<StepChain.StepReport> steps, Passport passport) {}

    /**
     * @param planText YAML
     * @throws IllegalArgumentException if the plan has errors, or its groups are too small
     */
    public Result run(String planText) {
        ProductPlan plan = ProductPlanReader.parse(planText);
        ProductCheck check = ProductCheck.of(plan, inputs::schema);
        require(plan, check);
        Instant at = clock.instant();
        Inputs.Pinned input = inputs.pin(plan.input());
        Map<String, Inputs.Pinned> sides = new TreeMap<>();
        plan.sideInputs().forEach((name, side) -> sides.put(name, inputs.pin(side)));
        List<ProductPassport.Read> read = new ArrayList<>();
        read.add(ProductPassport.Read.of("input", input, inputs));
        sides.forEach((name, side) -> read.add(ProductPassport.Read.of(name, side, inputs)));
        String table = plan.output().table();
        Lake lake = inputs.lake();
        requireRoom(lake, table, check.output());
        lake.create(
                table,
                check.output(),
                rule(check.output()),
                Map.of(),
                LakeMaintenance.Evidence.in(ledger, signer.did(), clock));
        Sink sink = new Sink(lake, table, check.output().size());
        try {
            StepChain chain = new StepChain(plan, check, inputs, sides, keys);
            Counted source = new Counted(inputs.open(input, chain.inputOrder()), Long.MAX_VALUE);
            chain.run(source, sink::add);
            sink.flush();
            long k = smallestGroup(plan, check.output(), sink.files());
            ProductPlan.Anonymity anonymity = plan.anonymity();
            if (anonymity != null && sink.cells.rows() > 0 && k < anonymity.minK()) {
                throw new IllegalArgumentException(
                        "the smallest group of "
                                + anonymity.quasiIdentifiers()
                                + " has "
                                + k
                                + ", and the plan wants "
                                + anonymity.minK()
                                + ": coarsen these columns, or leave small groups out");
            }
            for (ProductPassport.Read before : read) {
                Inputs.Pinned of = before.name().equals("input") ? input : sides.get(before.name());
                if (before.table().isEmpty()
                        && of != null
                        && !ProductPassport.Read.of(before.name(), of, inputs).equals(before)) {
                    throw new IllegalArgumentException(
                            "an input file changed while it was read: run again");
                }
            }
            Passport passport =
                    ProductPassport.sign(
                            new ProductPassport.Run(
                                    plan,
                                    planText,
                                    check,
                                    read,
                                    sink.written,
                                    chain.reports(),
                                    source.rows(),
                                    sink.cells,
                                    k,
                                    keys.epoch(),
                                    at),
                            signer);
            long snapshot = commit(plan, planText, check, sink, passport, at);
            return new Result(snapshot, sink.cells.rows(), chain.reports(), passport);
        } catch (RuntimeException e) {
            sink.discard(e);
            throw e;
        }
    }

    /** Whether a table was made by a plan of this kind. */
    public static boolean isProduct(Lake lake, String table) {
        long snapshot = lake.currentSnapshot(table);
        return snapshot != TableSource.LATEST
                && lake.summary(table, snapshot).containsKey(PLAN_KEY);
    }

    private static void requireRoom(Lake lake, String table, Schema output) {
        if (!lake.tables().contains(table)) {
            return;
        }
        if (lake.currentSnapshot(table) != TableSource.LATEST && !isProduct(lake, table)) {
            throw new IllegalArgumentException(
                    "table '" + table + "' is no product: give the plan a new output table");
        }
        SchemaEvolution columns = new SchemaEvolution(lake, (step, of, facts) -> {});
        try {
            columns.lacking(table, output);
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        List<Column> left = columns.unwritten(table, output);
        if (!left.isEmpty()) {
            throw new IllegalArgumentException(
                    "table '"
                            + table
                            + "' has the columns "
                            + new Schema(left).names()
                            + " which the plan does not make: drop them, or give the plan a new"
                            + " output table");
        }
    }

    private long commit(
            ProductPlan plan,
            String planText,
            ProductCheck check,
            Sink sink,
            Passport passport,
            Instant at) {
        String table = plan.output().table();
        ledger.append(passport.event());
        new LineageEvent(
                        at,
                        LineageEvent.runIdOf(passport.sha256()),
                        plan.plan(),
                        names(plan),
                        table,
                        check.output(),
                        sink.cells.rows(),
                        sink.written.stream().mapToLong(Lake.Written::dataBytes).sum())
                .appendTo(lineageFile);
        long snapshot =
                inputs.lake()
                        .replace(
                                table,
                                sink.written,
                                Map.of(
                                        Passport.SUMMARY_KEY,
                                        passport.sha256(),
                                        PLAN_KEY,
                                        ProductPassport.hex(planText)));
        sink.written.clear();
        return snapshot;
    }

    private static List<String> names(ProductPlan plan) {
        List<String> names = new ArrayList<>(List.of(plan.input().name()));
        plan.sideInputs().values().forEach(side -> names.add(side.name()));
        return names;
    }

    /** Throws with every error of a plan; remarks pass. */
    static void require(ProductPlan plan, ProductCheck check) {
        List<String> errors =
                check.findings().stream()
                        .filter(PlanCheck.Finding::error)
                        .map(f -> f.rule() + ": " + f.message())
                        .toList();
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(
                    "plan '" + plan.plan() + "' must not run: " + String.join("; ", errors));
        }
    }

    /** -1 where the plan names no quasi-identifiers. */
    private long smallestGroup(ProductPlan plan, Schema output, List<Path> files) {
        return smallestGroup(inputs, plan, output, files);
    }

    static long smallestGroup(Inputs inputs, ProductPlan plan, Schema output, List<Path> files) {
        ProductPlan.@Nullable Anonymity anonymity = plan.anonymity();
        if (anonymity == null) {
            return -1;
        }
        Optional<String> identity = first(output, DataClass.IDENTITY, ColumnType.STRING);
        return inputs.workspace()
                .smallestGroup(
                        files,
                        anonymity.quasiIdentifiers(),
                        anonymity.weight(),
                        identity.orElse(null));
    }

    /**
     * The rule by which a product leaves: all of its columns, each contract with its own tokens.
     */
    public static ReleaseRule rule(Schema schema) {
        return new ReleaseRule(
                first(schema, DataClass.IDENTITY, ColumnType.STRING).orElse(""),
                first(schema, DataClass.TIME, ColumnType.TIMESTAMP_MICROS_UTC).orElse(""),
                null,
                null,
                null,
                null,
                List.of(),
                schema.columns().stream().map(Column::name).toList(),
                0,
                0,
                null);
    }

    private static Optional<String> first(Schema schema, DataClass of, ColumnType type) {
        return schema.columns().stream()
                .filter(c -> c.dataClass() == of && c.type() == type)
                .map(Column::name)
                .findFirst();
    }

    /** Rows into files of a table that nobody sees yet. One thread. */
    private static final class Sink {
        final CellCounts cells = new CellCounts();
        final List<Lake.Written> written = new ArrayList<>();
        private final Lake lake;
        private final String table;
        private final int fileRows;
        private final List<Batch> pending = new ArrayList<>();
        private long pendingRows;

        Sink(Lake lake, String table, int columns) {
            this.lake = lake;
            this.table = table;
            fileRows = Math.min(MOST_FILE_ROWS, Math.max(1, MOST_FILE_CELLS / columns));
        }

        void add(Batch batch) {
            cells.add(batch);
            pending.add(batch);
            pendingRows += batch.rows();
            if (pendingRows >= fileRows) {
                flush();
            }
        }

        void flush() {
            if (pendingRows > 0) {
                written.add(lake.write(table, pending));
            }
            pending.forEach(Batch::close);
            pending.clear();
            pendingRows = 0;
        }

        List<Path> files() {
            return written.stream().map(Lake.Written::file).toList();
        }

        void discard(RuntimeException because) {
            try {
                lake.discard(written);
            } catch (RuntimeException e) {
                because.addSuppressed(e);
            }
        }
    }
}
