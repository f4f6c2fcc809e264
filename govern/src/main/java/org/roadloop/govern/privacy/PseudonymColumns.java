package org.roadloop.govern.privacy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.CellState;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.StringColumn;
import org.roadloop.govern.operator.HeldBatches;
import org.roadloop.govern.operator.Operator;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.operator.Pseudonymising;
import org.roadloop.govern.operator.Setting;

/**
 * Replaces identities by pseudonyms of one contract and one epoch (假名化). Equal identities get equal
 * tokens in all columns of all tables of that contract and epoch, and of no other.
 *
 * @param columns text columns with identities or internal pseudonyms
 * @param mode {@code REVERSIBLE}: AES-256, the platform can turn the token of a VIN or of an
 *     internal pseudonym back ({@link Pseudonym}); {@code ONE_WAY}: HMAC-SHA256 under a key that is
 *     destroyed when the epoch is closed ({@link org.roadloop.govern.operator.EpochKeys})
 * @param contract agreement or product the tokens are for
 * @param epoch from 1; 1 if left out
 */
public record PseudonymColumns(
        List<String> columns, Mode mode, String contract, @Nullable Integer epoch)
        implements Operator, Pseudonymising {
    /** How a contract is named: it stands in the path of the call that closes its epoch. */
    public static final String CONTRACT = "[A-Za-z0-9][A-Za-z0-9._:-]{0,127}";

    /** Whether a token can be turned back. */
    public enum Mode {
        REVERSIBLE,
        ONE_WAY
    }

    public PseudonymColumns {
        columns = List.copyOf(columns);
        if (columns.isEmpty()) {
            throw new IllegalArgumentException("pseudonym names no columns");
        }
        epoch = epoch == null ? 1 : epoch;
        if (epoch < 1) {
            throw new IllegalArgumentException("pseudonym epoch " + epoch + " is below 1");
        }
        if (!contract.matches(CONTRACT)) {
            throw new IllegalArgumentException(
                    "contract '"
                            + contract
                            + "' is not of letters, digits and . _ : - (128 at most)");
        }
    }

    @Override
    public String name() {
        return "pseudonym/1";
    }

    /** The epoch that the tokens are of. */
    public int number() {
        return epoch == null ? 1 : epoch;
    }

    @Override
    public Set<String> tokenColumns() {
        return Set.copyOf(columns);
    }

    @Override
    public Schema output(Schema input) {
        for (String column : columns) {
            ColumnType type = input.column(input.indexOf(column)).type();
            if (type != ColumnType.STRING) {
                throw new IllegalArgumentException(
                        "column '" + column + "' is " + type + "; a pseudonym is text");
            }
        }
        return input;
    }

    @Override
    public Run start(Schema input, Setting setting) {
        int[] at = columns.stream().mapToInt(input::indexOf).toArray();
        int number = number();
        return switch (mode) {
            case REVERSIBLE -> {
                Pseudonym pseudonym = Pseudonym.ofContract(setting.keys(), contract, number);
                yield new Tokens(input, at, pseudonym::tokens);
            }
            case ONE_WAY -> {
                Mac mac = setting.keys().epochs().mac(contract, number);
                yield new Tokens(input, at, (from, rows, to) -> oneWay(mac, from, rows, to));
            }
        };
    }

    /** The one-way pseudonym of one identity or token, with the key of its epoch. */
    public static String oneWay(Mac mac, String identity) {
        byte[] text = new byte[Pseudonym.TOKEN_LENGTH];
        Pseudonym.encode(mac.doFinal(identity.getBytes(StandardCharsets.UTF_8)), 0, text);
        return new String(text, StandardCharsets.US_ASCII);
    }

    private static void oneWay(Mac mac, StringColumn from, int rows, StringColumn to) {
        byte[] out = new byte[32];
        byte[] text = new byte[Pseudonym.TOKEN_LENGTH];
        for (int row = 0; row < rows; row++) {
            mac.update(from.bytes(), from.offset(row), from.length(row));
            try {
                mac.doFinal(out, 0);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("HMAC output does not fit 32 bytes", e);
            }
            Pseudonym.encode(out, 0, text);
            to.set(row, text, 0, text.length);
        }
    }

    private interface Kind {
        void tokens(StringColumn from, int rows, StringColumn to);
    }

    private static final class Tokens implements Run {
        private final Schema schema;
        private final int[] at;
        private final boolean[] replaced;
        private final Kind kind;
        private long rows;
        private long cells;

        Tokens(Schema schema, int[] at, Kind kind) {
            this.schema = schema;
            this.at = at;
            this.kind = kind;
            replaced = new boolean[schema.size()];
            for (int c : at) {
                replaced[c] = true;
            }
        }

        @Override
        public void process(Batch in, Consumer<Batch> out) {
            if (in.rows() == 0) {
                return;
            }
            Batch result = new Batch(schema, in.rows());
            for (int c = 0; c < schema.size(); c++) {
                if (!replaced[c]) {
                    HeldBatches.copyColumn(in, c, result, c);
                }
            }
            for (int c : at) {
                kind.tokens(in.strings(c), in.rows(), result.strings(c));
                byte[] states = in.states(c);
                System.arraycopy(states, 0, result.states(c), 0, in.rows());
                for (int row = 0; row < in.rows(); row++) {
                    cells += states[row] == CellState.OK ? 1 : 0;
                }
            }
            result.rows(in.rows());
            rows += in.rows();
            out.accept(result);
        }

        @Override
        public OperatorReport report() {
            TreeMap<String, Long> changed = new TreeMap<>();
            changed.put("pseudonym", cells);
            return new OperatorReport(rows, rows, new TreeMap<>(), changed, new TreeMap<>());
        }
    }
}
