package org.roadloop.govern.product;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.roadloop.core.table.Batch;

/**
 * Finds secrets as they are, in lower and upper case, reversed, in hexadecimal and in Base64,
 * anywhere in a cell (基本探针). Each encoding of each secret is kept by its length; a cell is cut at
 * every place into pieces of those lengths, so its cost grows with the cell and the number of
 * lengths, not with the secrets.
 */
public final class PlainLeakProbe implements LeakProbe {
    @Override
    public Search search(Set<String> secrets) {
        return new Looking(secrets);
    }

    private static final class Looking implements Search {
        private final Map<String, String> encodings = new HashMap<>();
        private final TreeSet<Integer> lengths = new TreeSet<>();
        private final TreeMap<String, Long> found = new TreeMap<>();

        Looking(Set<String> secrets) {
            for (String secret : secrets) {
                if (secret.length() < LEAST_LENGTH) {
                    continue;
                }
                byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
                add("plain", secret);
                add("lower", secret.toLowerCase(Locale.ROOT));
                add("upper", secret.toUpperCase(Locale.ROOT));
                add("reversed", new StringBuilder(secret).reverse().toString());
                add("hex", HexFormat.of().formatHex(bytes));
                add("hex", HexFormat.of().withUpperCase().formatHex(bytes));
                add("base64", Base64.getEncoder().withoutPadding().encodeToString(bytes));
                add("base64url", Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
            }
        }

        private void add(String encoding, String text) {
            encodings.putIfAbsent(text, encoding);
            lengths.add(text.length());
        }

        @Override
        public void look(Batch out) {
            for (int c = 0; c < out.schema().size(); c++) {
                for (int row = 0; row < out.rows(); row++) {
                    if (out.isOk(c, row)) {
                        look(out.schema().column(c).name(), Rows.text(out, c, row));
                    }
                }
            }
        }

        private void look(String column, String cell) {
            for (int length : lengths) {
                for (int from = 0; from + length <= cell.length(); from++) {
                    String encoding = encodings.get(cell.substring(from, from + length));
                    if (encoding != null) {
                        found.merge(column + "/" + encoding, 1L, Long::sum);
                        return;
                    }
                }
            }
        }

        @Override
        public SortedMap<String, Long> found() {
            return found;
        }
    }
}
