package org.roadloop.govern.product;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.lake.Spill;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Setting;

/*
 * The idea. Batches go through all steps one after the other, so memory holds a batch per step and
 * what the steps hold back. A step that wants its rows sorted gets them so in one of three ways: the
 * input itself is read in that order, where only row-wise steps stand before it; the rows are in that
 * order already; or they are put aside on disk and read back sorted. The engine sorts with a bounded
 * memory and spills.
 */

/** The steps of a plan over rows (算子链). One thread. */
public final class StepChain {
    private final ProductPlan plan;
    private final List<Schema> schemas = new ArrayList<>();
    private final Inputs inputs;
    private final Map<String, Inputs.Pinned> sides;
    private final Keyring keys;
    private final List<Operator.Run> runs = new ArrayList<>();
    private long cpuNanos;

    /**
     * @param check without errors
     */
    StepChain(
            ProductPlan plan,
            ProductCheck check,
            Inputs inputs,
            Map<String, Inputs.Pinned> sides,
            Keyring keys) {
        this.plan = plan;
        this.inputs = inputs;
        this.sides = sides;
        this.keys = keys;
        schemas.add(check.input());
        schemas.addAll(check.steps());
    }

    private Operator operator(int step) {
        return plan.steps().get(step).operator();
    }

    /** What the input should be sorted by. */
    List<String> inputOrder() {
        for (int i = 0; i < plan.steps().size(); i++) {
            List<String> order = operator(i).order();
            if (!order.isEmpty()) {
                return order.stream().allMatch(schemas.getFirst()::has) ? order : List.of();
            }
            if (!(operator(i) instanceof RowWise)) {
                break;
            }
        }
        return List.of();
    }

    /**
     * Runs all steps.
     *
     * @param source in {@link #inputOrder}; it is closed
     * @param out takes the batches that come out, and closes them
     */
    void run(TableSource.Scan source, Consumer<Batch> out) {
        int count = plan.steps().size();
        List<String> sortedBy = inputOrder();
        TableSource.Scan rows = source;
        @Nullable Spill held = null;
        int from = 0;
        while (from < count) {
            int to = from;
            boolean barrier = false;
            while (to < count && !barrier) {
                List<String> order = operator(to).order();
                boolean fits =
                        order.size() <= sortedBy.size()
                                && sortedBy.subList(0, order.size()).equals(order);
                if (!fits) {
                    barrier = true;
                } else {
                    sortedBy = operator(to) instanceof RowWise ? sortedBy : List.of();
                    to++;
                }
            }
            @Nullable Spill next = barrier ? inputs.workspace().spill(schemas.get(to)) : null;
            try {
                try (TableSource.Scan scan = rows) {
                    stretch(scan, from, to, next == null ? out : next::add);
                }
                if (next != null) {
                    sortedBy = operator(to).order();
                    rows = next.sorted(sortedBy);
                }
            } catch (RuntimeException e) {
                if (next != null) {
                    next.close();
                }
                throw e;
            } finally {
                if (held != null) {
                    held.close();
                }
            }
            held = next;
            from = to;
        }
    }

    /** Steps {@code [from, to)}; none of them passes rows through. */
    private void stretch(TableSource.Scan scan, int from, int to, Consumer<Batch> out) {
        for (int i = from; i < to; i++) {
            runs.add(operator(i).start(schemas.get(i), setting(operator(i))));
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long began = threads.getCurrentThreadCpuTime();
        for (Batch batch = scan.next(); batch != null; batch = scan.next()) {
            feed(from, to, batch, out);
        }
        for (int i = from; i < to; i++) {
            int behind = i + 1;
            runs.get(i).finish(batch -> feed(behind, to, batch, out));
        }
        cpuNanos += threads.getCurrentThreadCpuTime() - began;
    }

    private void feed(int step, int to, Batch batch, Consumer<Batch> out) {
        if (step == to) {
            out.accept(batch);
            return;
        }
        try (batch) {
            runs.get(step).process(batch, next -> feed(step + 1, to, next, out));
        }
    }

    private Setting setting(Operator operator) {
        Function<String, TableSource.Scan> open =
                name -> {
                    Inputs.Pinned side = sides.get(name);
                    if (side == null) {
                        throw new NoSuchElementException("no side input '" + name + "'");
                    }
                    return inputs.open(side, operator.order(name));
                };
        return new Setting(keys, plan.seedValue(), open);
    }

    /** What each step did, in order. */
    List<StepReport> reports() {
        List<StepReport> reports = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            reports.add(new StepReport(operator(i).name(), runs.get(i).report()));
        }
        return reports;
    }

    /** CPU time of this thread so far, of the steps, and of reading and sorting as it had part. */
    long cpuNanos() {
        return cpuNanos;
    }

    /** What one step did (步骤报告). */
    public record StepReport(String operator, OperatorReport report) {}
}
