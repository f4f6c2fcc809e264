package org.roadloop.app.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.roadloop.core.descriptor.GovernedRun;
import org.roadloop.core.ledger.Entry;
import org.roadloop.core.ledger.Ledger;
import org.roadloop.govern.lineage.LineageEvent;
import org.roadloop.govern.plan.Passport;

/**
 * Finds the passport of a snapshot in the ledger (护照检索): from the end backwards, since most are
 * asked for soon after they were written. The last ones that were found are kept. Any thread.
 */
public final class PassportSearch {
    private static final int FIRST_ENTRIES = 1_024;
    private static final int KEPT = 64;

    private final Ledger ledger;
    private final Map<String, GovernedRun> found =
            Collections.synchronizedMap(
                    new LinkedHashMap<>(KEPT, 0.75f, true) {
                        private static final long serialVersionUID = 1L;

                        @Override
                        protected boolean removeEldestEntry(Map.Entry<String, GovernedRun> eldest) {
                            return size() > KEPT;
                        }
                    });

    public PassportSearch(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * @param passportSha256 as the snapshot names it
     * @return empty if the ledger has none such about the table
     */
    public Optional<GovernedRun> find(String table, String passportSha256) {
        GovernedRun known = found.get(passportSha256);
        if (known != null) {
            return Optional.of(known);
        }
        long upTo = ledger.size();
        for (long entries = FIRST_ENTRIES; upTo > 0; entries *= 8) {
            long from = Math.max(0, upTo - entries);
            Optional<GovernedRun> run = search(table, passportSha256, from, upTo);
            if (run.isPresent()) {
                found.put(passportSha256, run.get());
                return run;
            }
            upTo = from;
        }
        return Optional.empty();
    }

    private Optional<GovernedRun> search(String table, String sha256, long from, long upTo) {
        try (Stream<Entry> entries = ledger.read(from, Set.of(Passport.EVENT_TYPE))) {
            return entries.takeWhile(entry -> entry.index() < upTo)
                    .filter(entry -> entry.event().subject().equals(table))
                    .map(entry -> Passport.read(entry.event().json()))
                    .filter(passport -> passport.sha256().equals(sha256))
                    .findFirst()
                    .map(
                            passport ->
                                    GovernedRun.of(
                                            passport.json(), sha256, LineageEvent.runIdOf(sha256)));
        }
    }
}
