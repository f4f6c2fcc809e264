package org.roadloop.govern.privacy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Schema;
import org.roadloop.govern.operator.HeldBatches;
import org.roadloop.govern.operator.Keyring;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Pseudonymising;
import org.roadloop.govern.operator.Setting;

/**
 * Encrypts identities whose format must survive (保留格式假名), by FF1 with AES-256: a phone number stays
 * eleven digits, the tail of a plate stays letters and digits. The first {@code keepFirst}
 * characters stay as they are and are the tweak; of the others those of the alphabet are encrypted
 * together, and the rest (separators) stays in place. A cell with fewer than a million possible
 * values is masked. The holder of the keys turns a value back with {@link #restore}.
 *
 * @param columns text columns
 * @param alphabet {@code digits}, {@code plate} (digits and letters without I and O), {@code
 *     letters_digits}, or the symbols themselves
 * @param keepFirst characters; 0 if left out
 * @param contract agreement or product the values are for
 * @param epoch from 1; 1 if left out
 */
public record FormatPreserving(
        List<String> columns,
        String alphabet,
        @Nullable Integer keepFirst,
        String contract,
        @Nullable Integer epoch)
        implements Operator, Pseudonymising {
    /** A beginning this long (a region, a network) singles out nobody; a longer one may. */
    private static final int MOST_KEPT = 3;

    public FormatPreserving {
        columns = List.copyOf(columns);
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("format_preserving names no columns");
        }
        keepFirst = keepFirst == null ? 0 : keepFirst;
        epoch = epoch == null ? 1 : epoch;
        if (keepFirst < 0 || epoch < 1) {
            throw new IllegalArgumentException(
                    "keep_first " + keepFirst + " is below 0, or epoch " + epoch + " below 1");
        }
        String symbols = symbols(alphabet);
        if (symbols.length() < 2 || symbols.chars().distinct().count() != symbols.length()) {
            throw new IllegalArgumentException(
                    "alphabet '"
                            + alphabet
                            + "' needs at least two symbols, each once; or take digits, plate,"
                            + " letters_digits");
        }
    }

    @Override
    public String name() {
        return "format_preserving/1";
    }

    /** None where more than three characters stay: what comes out then counts as plain. */
    @Override
    public Set<String> tokenColumns() {
        return keepFirst == null || keepFirst <= MOST_KEPT ? Set.copyOf(columns) : Set.of();
    }

    @Override
    public Schema output(Schema input) {
        for (String column : columns) {
            ColumnType type = input.column(input.indexOf(column)).type();
            if (type != ColumnType.STRING) {
                throw new IllegalArgumentException(
                        "column '" + column + "' is " + type + "; format_preserving takes text");
            }
        }
        return input;
    }

    @Override
    public Run start(Schema input, Setting setting) {
        return new Encryption(this, input, ff1(setting.keys()));
    }

    /** The value behind one that this operator wrote under the same keys. */
    public String restore(String value, Keyring keys) {
        String plain = turn(ff1(keys), value, false);
        if (plain == null) {
            throw new IllegalArgumentException("the value is too short to come from this operator");
        }
        return plain;
    }

    private Ff1 ff1(Keyring keys) {
        byte[] key = keys.derive("format-preserving/" + epoch + "/" + contract);
        return new Ff1(key, symbols(alphabet).length());
    }

    private static String symbols(String alphabet) {
        return switch (alphabet) {
            case "digits" -> "0123456789";
            case "plate" -> "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
            case "letters_digits" -> "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
            default -> alphabet;
        };
    }

    /** Null if there are too few symbols. */
    private @Nullable String turn(Ff1 ff1, String value, boolean forward) {
        String symbols = symbols(alphabet);
        int kept = Math.min(keepFirst == null ? 0 : keepFirst, value.length());
        int[] text = new int[value.length()];
        int[] at = new int[value.length()];
        int n = 0;
        for (int i = kept; i < value.length(); i++) {
            int symbol = symbols.indexOf(value.charAt(i));
            if (symbol >= 0) {
                at[n] = i;
                text[n++] = symbol;
            }
        }
        if (n < Ff1.leastSymbols(symbols.length()) || n > Ff1.MOST_SYMBOLS) {
            return null;
        }
        byte[] tweak = value.substring(0, kept).getBytes(StandardCharsets.UTF_8);
        int[] in = Arrays.copyOf(text, n);
        int[] out = forward ? ff1.encrypt(in, tweak) : ff1.decrypt(in, tweak);
        StringBuilder result = new StringBuilder(value);
        for (int i = 0; i < n; i++) {
            result.setCharAt(at[i], symbols.charAt(out[i]));
        }
        return result.toString();
    }

    private static final class Encryption implements Run {
        private final FormatPreserving operator;
        private final Schema schema;
        private final Ff1 ff1;
        private final boolean[] encrypted;
        private long rows;
        private long cells;
        private long masked;

        Encryption(FormatPreserving operator, Schema schema, Ff1 ff1) {
            this.operator = operator;
            this.schema = schema;
            this.ff1 = ff1;
            encrypted = new boolean[schema.size()];
            operator.columns().forEach(column -> encrypted[schema.indexOf(column)] = true);
        }

        @Override
        public void process(Batch in, Consumer<Batch> out) {
            if (in.rows() == 0) {
                return;
            }
            Batch result = new Batch(schema, in.rows());
            for (int c = 0; c < schema.size(); c++) {
                if (!encrypted[c]) {
                    HeldBatches.copyColumn(in, c, result, c);
                    continue;
                }
                for (int row = 0; row < in.rows(); row++) {
                    result.setState(c, row, in.state(c, row));
                    if (in.isOk(c, row)) {
                        String value = operator.turn(ff1, in.strings(c).get(row), true);
                        result.setState(c, row, value == null ? CellState.MASKED : CellState.OK);
                        if (value == null) {
                            masked++;
                        } else {
                            result.strings(c).set(row, value);
                            cells++;
                        }
                    }
                }
            }
            result.rows(in.rows());
            rows += in.rows();
            out.accept(result);
        }

        @Override
        public OperatorReport report() {
            TreeMap<String, Long> changed = new TreeMap<>();
            changed.put("format_preserving", cells);
            if (masked > 0) {
                changed.put("masked_too_short", masked);
            }
            return new OperatorReport(rows, rows, new TreeMap<>(), changed, new TreeMap<>());
        }
    }
}
