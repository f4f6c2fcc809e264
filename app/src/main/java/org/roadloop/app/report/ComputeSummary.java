package org.roadloop.app.report;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the task ran and what came out (算力调度).
 *
 * @param quotes of every site, also of those that can't
 * @param chosenSite name in {@code quotes}; absent if no site could
 * @param bookings committed together, or none
 * @param flow the telemetry stream admitted with its bound
 */
public record ComputeSummary(
        List<Quote> quotes,
        @Nullable String chosenSite,
        Text why,
        List<Booking> bookings,
        @Nullable Transfer transfer,
        Sandbox sandbox,
        @Nullable Task task,
        List<Output> outputs,
        @Nullable Flow flow) {
    public ComputeSummary {
        requireNonNull(why, "why");
        requireNonNull(sandbox, "sandbox");
        quotes = List.copyOf(quotes);
        bookings = List.copyOf(bookings);
        outputs = List.copyOf(outputs);
        if (chosenSite != null && quotes.stream().noneMatch(q -> q.site().equals(chosenSite))) {
            throw new IllegalArgumentException(
                    "chosen site '"
                            + chosenSite
                            + "' did not quote; quotes came from "
                            + quotes.stream().map(Quote::site).toList());
        }
    }

    /**
     * What one site promises (报价).
     *
     * @param bid absent if the site can't run the task
     * @param whyNot absent if it can
     */
    public record Quote(String site, @Nullable Bid bid, @Nullable Text whyNot) {
        public Quote {
            requireNonNull(site, "site");
            if ((bid == null) == (whyNot == null)) {
                throw new IllegalArgumentException(
                        "the quote of '" + site + "' needs either a bid or a reason why not");
            }
        }

        public static Quote of(String site, Bid bid) {
            return new Quote(site, bid, null);
        }

        public static Quote infeasible(String site, Text whyNot) {
            return new Quote(site, null, whyNot);
        }
    }

    /**
     * The promise of a site that can run the task.
     *
     * @param startSeconds from the time of the quote
     * @param finishSeconds expected, from the time of the quote
     * @param boundSeconds finish at the latest, from the time of the quote
     * @param costMilli thousandths of the currency
     * @param method how the bound was computed
     */
    public record Bid(
            double startSeconds,
            double finishSeconds,
            double boundSeconds,
            long costMilli,
            String currency,
            Text method) {
        public Bid {
            Figure.requireFinite("startSeconds", startSeconds);
            Figure.requireFinite("finishSeconds", finishSeconds);
            Figure.requireFinite("boundSeconds", boundSeconds);
            requireNonNull(currency, "currency");
            requireNonNull(method, "method");
        }
    }

    /**
     * A claim that was booked (预约).
     *
     * @param kind {@code compute}, {@code link}
     * @param amount in {@code unit}
     * @param state {@code COMMITTED}, {@code RELEASED}
     */
    public record Booking(
            String id,
            String kind,
            String resource,
            long amount,
            String unit,
            Instant from,
            Instant until,
            String state) {
        public Booking {
            requireNonNull(id, "id");
            requireNonNull(kind, "kind");
            requireNonNull(resource, "resource");
            requireNonNull(unit, "unit");
            requireNonNull(from, "from");
            requireNonNull(until, "until");
            requireNonNull(state, "state");
        }
    }

    /** The bulk transfer to the site (数据搬运). */
    public record Transfer(
            String from, String to, long dataBytes, double seconds, double boundSeconds) {
        public Transfer {
            requireNonNull(from, "from");
            requireNonNull(to, "to");
            Figure.requireFinite("seconds", seconds);
            Figure.requireFinite("boundSeconds", boundSeconds);
        }
    }

    /**
     * What the task was shut in (沙箱).
     *
     * @param kind {@code bubblewrap}, {@code process}
     * @param notEnforced said loudly; empty when everything is enforced
     */
    public record Sandbox(String kind, List<Text> enforced, List<Text> notEnforced) {
        public Sandbox {
            requireNonNull(kind, "kind");
            enforced = List.copyOf(enforced);
            notEnforced = List.copyOf(notEnforced);
        }
    }

    /**
     * A GA4GH TES task (任务).
     *
     * @param state TES state: {@code COMPLETE}, {@code EXECUTOR_ERROR}
     * @param exitCode absent if it did not start
     */
    public record Task(
            String id,
            String image,
            List<String> command,
            String state,
            @Nullable Integer exitCode,
            double computeSeconds) {
        public Task {
            requireNonNull(id, "id");
            requireNonNull(image, "image");
            requireNonNull(state, "state");
            command = List.copyOf(command);
            Figure.requireFinite("computeSeconds", computeSeconds);
        }
    }

    /**
     * A file that the task wrote (输出).
     *
     * @param sha256 hexadecimal; absent for a blocked output that was not read
     */
    public record Output(
            String name, long dataBytes, boolean released, Text reason, @Nullable String sha256) {
        public Output {
            requireNonNull(name, "name");
            requireNonNull(reason, "reason");
        }
    }

    /**
     * A stream admitted with a worst-case delay (确定性流).
     *
     * @param route names of the nodes on the way, source first
     * @param boundMicros worst-case delay, in microseconds
     * @param jitterMicros worst-case delay variation, in microseconds
     * @param deadlineMicros asked for
     * @param method how the bound was computed
     */
    public record Flow(
            String id,
            List<String> route,
            double boundMicros,
            double jitterMicros,
            double deadlineMicros,
            Text method) {
        public Flow {
            requireNonNull(id, "id");
            requireNonNull(method, "method");
            route = List.copyOf(route);
            Figure.requireFinite("boundMicros", boundMicros);
            Figure.requireFinite("jitterMicros", jitterMicros);
            Figure.requireFinite("deadlineMicros", deadlineMicros);
        }
    }
}
