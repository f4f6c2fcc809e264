package org.roadloop.govern.classify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.StringColumn;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.operator.Keyring;

/**
 * How many distinct people's or vehicles' data went abroad since 1 January (出境主体台账): in all, by
 * recipient and by purpose, sensitive data apart from the rest. Any thread.
 *
 * <p>Subjects are kept as keyed hashes under a key of the year, so that no file names anyone and
 * two years cannot be joined. A new key epoch makes known subjects count again: too many, never too
 * few. A debit is on disk before it returns, and a kill loses none that returned. The year is that
 * of Asia/Shanghai; the counters of former years stay as files.
 */
public final class SubjectLedger implements AutoCloseable {
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");

    /** Of counters kept in memory at once, besides the one in use. */
    private static final long MOST_BYTES = 64L << 20;

    private final Path folder;
    private final Keyring keys;
    private final Clock clock;
    private final LinkedHashMap<Scope, SubjectSet> loaded = new LinkedHashMap<>(16, 0.75f, true);

    /** Empty texts stand for all. */
    private record Scope(int year, String recipient, String purpose, boolean sensitive) {}

    /**
     * What goes to whom.
     *
     * @param recipient DID
     * @param purpose of the contract; empty if none is stated
     * @param sensitive whether sensitive personal data are among it
     */
    public record Disclosure(String recipient, String purpose, boolean sensitive) {}

    /**
     * Distinct subjects since 1 January.
     *
     * @param ordinary whose personal data went abroad that are not sensitive
     * @param sensitive whose sensitive personal data did
     */
    public record Counts(int year, long ordinary, long sensitive) {}

    /**
     * @param folder for the counters; made if it is not there
     */
    public SubjectLedger(Path folder, Keyring keys, Clock clock) {
        this.folder = folder;
        this.keys = keys;
        this.clock = clock;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The subjects of a scan, sorted and each once: 8 bytes a subject.
     *
     * @param identity column with the platform's own pseudonyms, the same in every contract
     */
    public long[] subjects(TableSource.Scan scan, String identity) {
        return subjects(scan, identity, keys.mac("subjects/" + year()));
    }

    static long[] subjects(TableSource.Scan scan, String identity, Mac mac) {
        int id = scan.schema().indexOf(identity);
        long[][] all = {new long[1024]};
        int[] count = {0};
        scan.forEachBatch(batch -> collect(batch, id, mac, all, count));
        return distinct(all[0], count[0]);
    }

    /** As above, of pseudonyms. */
    public long[] subjects(Iterable<String> pseudonyms) {
        Mac mac = keys.mac("subjects/" + year());
        long[] all = new long[1024];
        int count = 0;
        for (String pseudonym : pseudonyms) {
            if (count == all.length) {
                all = Arrays.copyOf(all, 2 * count);
            }
            byte[] bytes = pseudonym.getBytes(StandardCharsets.UTF_8);
            all[count++] = hash(mac, bytes, 0, bytes.length);
        }
        return distinct(all, count);
    }

    private static void collect(Batch batch, int id, Mac mac, long[][] all, int[] count) {
        StringColumn strings = batch.strings(id);
        for (int row = 0; row < batch.rows(); row++) {
            if (!batch.isOk(id, row)) {
                continue;
            }
            if (count[0] == all[0].length) {
                long[] some = distinct(all[0], count[0]);
                all[0] = Arrays.copyOf(some, Math.max(1024, 2 * some.length));
                count[0] = some.length;
            }
            all[0][count[0]++] =
                    hash(mac, strings.bytes(), strings.offset(row), strings.length(row));
        }
    }

    private static long hash(Mac mac, byte[] bytes, int offset, int length) {
        mac.update(bytes, offset, length);
        return ByteBuffer.wrap(mac.doFinal()).getLong();
    }

    private static long[] distinct(long[] all, int count) {
        Arrays.sort(all, 0, count);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || all[i] != all[kept - 1]) {
                all[kept++] = all[i];
            }
        }
        return Arrays.copyOf(all, kept);
    }

    /** Of this year, to everyone abroad. */
    public synchronized Counts counts() {
        return counts("", "");
    }

    /**
     * Of this year, to one recipient or for one purpose.
     *
     * @param recipient empty for all
     * @param purpose empty for all
     */
    public synchronized Counts counts(String recipient, String purpose) {
        int year = year();
        return new Counts(
                year,
                set(new Scope(year, recipient, purpose, false)).size(),
                set(new Scope(year, recipient, purpose, true)).size());
    }

    /** What {@link #counts()} would be after a {@link #debit}. */
    public synchronized Counts preview(Disclosure what, long[] subjects) {
        int year = year();
        SubjectSet ordinary = set(new Scope(year, "", "", false));
        long ordinaryCount = what.sensitive() ? ordinary.size() : ordinary.sizeWith(subjects);
        SubjectSet sensitive = set(new Scope(year, "", "", true));
        long sensitiveCount = what.sensitive() ? sensitive.sizeWith(subjects) : sensitive.size();
        return new Counts(year, ordinaryCount, sensitiveCount);
    }

    /**
     * Counts subjects whose data are about to leave; on disk when it returns.
     *
     * @param subjects from {@link #subjects}, of this year
     */
    public synchronized Counts debit(Disclosure what, long[] subjects) {
        int year = year();
        set(new Scope(year, what.recipient(), "", what.sensitive())).addAll(subjects);
        if (!what.purpose().isEmpty()) {
            set(new Scope(year, "", what.purpose(), what.sensitive())).addAll(subjects);
        }
        set(new Scope(year, "", "", what.sensitive())).addAll(subjects);
        return counts("", "");
    }

    private SubjectSet set(Scope scope) {
        SubjectSet found = loaded.get(scope);
        if (found == null) {
            found = new SubjectSet(folder.resolve(fileName(scope)));
            loaded.put(scope, found);
        }
        Iterator<Map.Entry<Scope, SubjectSet>> oldest = loaded.entrySet().iterator();
        long bytes = loaded.values().stream().mapToLong(SubjectSet::memoryBytes).sum();
        while (bytes > MOST_BYTES && loaded.size() > 1 && oldest.hasNext()) {
            SubjectSet out = oldest.next().getValue();
            if (out != found) {
                bytes -= out.memoryBytes();
                out.close();
                oldest.remove();
            }
        }
        return found;
    }

    private static String fileName(Scope scope) {
        String kind = scope.sensitive() ? "sensitive" : "ordinary";
        if (scope.recipient().isEmpty() && scope.purpose().isEmpty()) {
            return scope.year() + "-all-" + kind + ".subjects";
        }
        String of = scope.recipient() + "\n" + scope.purpose();
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(of.getBytes(StandardCharsets.UTF_8));
            return scope.year()
                    + "-"
                    + HexFormat.of().formatHex(hash, 0, 12)
                    + "-"
                    + kind
                    + ".subjects";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks SHA-256", e);
        }
    }

    private int year() {
        return clock.instant().atZone(SHANGHAI).getYear();
    }

    @Override
    public synchronized void close() {
        loaded.values().forEach(SubjectSet::close);
        loaded.clear();
    }
}
