package org.roadloop.app.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one progress line of long work: on a terminal it is rewritten a few times a second, otherwise
 * a plain line comes every few seconds. One thread calls {@link #tick}; or {@link #start} ticks on
 * its own virtual thread until {@link #close}.
 */
public final class Progress implements AutoCloseable {
    private static final Duration TERMINAL_EVERY = Duration.ofMillis(250);
    private static final Duration PLAIN_EVERY = Duration.ofSeconds(5);

    private final PrintStream out;
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private final String what;
    private final String unit;
    private final long total;
    private final LongSupplier done;
    private final Supplier<String> remarks;
    private final long startedNanos;
    private long lastNanos;
    private long lastDone;
    private int lastWidth;
    private @Nullable Thread ticker;
    private volatile boolean closed;

    /**
     * @param total expected units, or 0 when unknown (then no ETA)
     * @param done units so far; read at each tick
     * @param remarks what stands behind the rate: {@code queue 12 %, rejects 3}; may be empty
     */
    public Progress(
            PrintStream out,
            boolean terminal,
            LongSupplier nanoTime,
            String what,
            String unit,
            long total,
            LongSupplier done,
            Supplier<String> remarks) {
        this.out = out;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        this.what = what;
        this.unit = unit;
        this.total = total;
        this.done = done;
        this.remarks = remarks;
        this.startedNanos = nanoTime.getAsLong();
        this.lastNanos = startedNanos;
        this.lastDone = done.getAsLong();
    }

    /** On standard error, so that standard output stays a result; ticks by itself. */
    public static Progress start(
            String what, String unit, long total, LongSupplier done, Supplier<String> remarks) {
        Progress progress =
                new Progress(
                        System.err,
                        onTerminal(),
                        System::nanoTime,
                        what,
                        unit,
                        total,
                        done,
                        remarks);
        progress.ticker = Thread.ofVirtual().name("progress").start(progress::run);
        return progress;
    }

    /** True where a person watches: a console that is not told to be dumb. */
    public static boolean onTerminal() {
        var console = System.console();
        return console != null // null before JDK 22
                && console.isTerminal()
                && !"dumb".equals(System.getenv().getOrDefault("TERM", "dumb"));
    }

    private void run() {
        Duration every = terminal ? TERMINAL_EVERY : PLAIN_EVERY;
        try {
            while (!closed) {
                Thread.sleep(every);
                tick();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Prints the line as it is now. */
    public synchronized void tick() {
        if (closed) {
            return;
        }
        long nowNanos = nanoTime.getAsLong();
        long now = done.getAsLong();
        double seconds = Math.max(1, nowNanos - lastNanos) / 1e9;
        print(line(now, (now - lastDone) / seconds), false);
        lastNanos = nowNanos;
        lastDone = now;
    }

    private String line(long now, double ratePerSecond) {
        StringBuilder line = new StringBuilder(what).append(": ").append(number(now));
        if (total > 0) {
            line.append('/').append(number(total));
            line.append(String.format(Locale.ROOT, " (%.0f %%)", 100.0 * now / total));
        }
        line.append(' ').append(unit).append(", ").append(number(Math.round(ratePerSecond)));
        line.append('/').append('s');
        String more = remarks.get();
        if (!more.isEmpty()) {
            line.append(", ").append(more);
        }
        if (total > now && ratePerSecond > 0) {
            line.append(", ETA ").append(Math.round((total - now) / ratePerSecond)).append(" s");
        }
        return line.toString();
    }

    private void print(String line, boolean last) {
        if (!terminal) {
            out.println(line);
            return;
        }
        String padding = " ".repeat(Math.max(0, lastWidth - line.length()));
        out.print("\r" + line + padding + (last ? "\n" : ""));
        out.flush();
        lastWidth = line.length();
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** Prints the closing line with the mean rate over the whole work. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (ticker != null) {
            ticker.interrupt();
        }
        long now = done.getAsLong();
        double seconds = Math.max(1, nanoTime.getAsLong() - startedNanos) / 1e9;
        print(line(now, now / seconds) + String.format(Locale.ROOT, ", %.1f s", seconds), true);
    }
}
