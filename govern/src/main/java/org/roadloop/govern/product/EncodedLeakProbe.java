package org.roadloop.govern.product;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.roadloop.core.table.Batch;
import org.roadloop.govern.privacy.probe.EncodedSecrets;
import org.roadloop.govern.privacy.probe.Encoding;

/**
 * Looks in every cell for the secrets in every {@link Encoding} (泄漏探针). Of more than {@value #MOST}
 * secrets, the further ones in order of text are looked for as they are and no other way.
 */
public final class EncodedLeakProbe implements LeakProbe {
    static final int MOST = 20_000;

    @Override
    public Search search(Set<String> secrets) {
        TreeSet<String> sorted = new TreeSet<>(secrets);
        sorted.removeIf(secret -> secret.length() < LEAST_LENGTH);
        return new Looking(new EncodedSecrets(sorted, MOST));
    }

    private static final class Looking implements Search {
        private final EncodedSecrets secrets;
        private final TreeMap<String, Long> found = new TreeMap<>();

        Looking(EncodedSecrets secrets) {
            this.secrets = secrets;
        }

        @Override
        public void look(Batch out) {
            EnumSet<Encoding> here = EnumSet.noneOf(Encoding.class);
            for (int c = 0; c < out.schema().size(); c++) {
                for (int row = 0; row < out.rows(); row++) {
                    if (!out.isOk(c, row)) {
                        continue;
                    }
                    byte[] cell = Rows.text(out, c, row).getBytes(StandardCharsets.UTF_8);
                    secrets.search(cell, (_, encoding) -> here.add(encoding));
                    if (!here.isEmpty()) {
                        String name = out.schema().column(c).name();
                        found.merge(name + "/" + first(here).word(), 1L, Long::sum);
                        here.clear();
                    }
                }
            }
        }

        /** One encoding of a cell is told, the plainest. */
        private static Encoding first(EnumSet<Encoding> of) {
            return of.iterator().next();
        }

        @Override
        public SortedMap<String, Long> found() {
            return found;
        }
    }
}
