package org.roadloop.app.contract;

import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.config.GateRules;
import org.roadloop.core.asset.Asset;
import org.roadloop.core.asset.AssetCatalog;
import org.roadloop.core.contract.AgreedAssets;
import org.roadloop.core.contract.Agreement;
import org.roadloop.core.contract.UsageGate;
import org.roadloop.core.policy.Place;
import org.roadloop.core.policy.Policy;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Filter;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;
import org.roadloop.core.table.TableSource;
import org.roadloop.govern.classify.GateDecision;
import org.roadloop.govern.classify.ImportantData;
import org.roadloop.govern.classify.ReleaseFacts;
import org.roadloop.govern.classify.ReleaseGate;
import org.roadloop.govern.classify.SubjectLedger;
import org.roadloop.govern.classify.TableGrade;
import org.roadloop.govern.lake.Lake;
import org.roadloop.govern.privacy.ReleaseRule;

/**
 * Gathers what {@link ReleaseGate} decides by, before a contract and before each use (签约闸门), and
 * counts whose data go abroad. Any thread.
 *
 * <p>A task sent to the data takes no rows away and is not held here. All subjects of a table count
 * when a use from abroad begins, whether or not every row is read: too many, never too few.
 */
public final class ReleaseGates {
    private static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
    private static final String COMPUTE = "computeToData";

    /** Says of a dataset what surveying data it has besides coordinates: {@code point cloud}. */
    static final String SURVEYING = "roadloop:surveying";

    /** Says of a dataset what important data it is besides what its columns show. */
    static final String IMPORTANT = "roadloop:important";

    private final GateRules rules;
    private final @Nullable Lake lake;
    private final AssetCatalog catalog;
    private final @Nullable SubjectLedger subjects;
    private final Function<String, Optional<Place>> places;
    private final Clock clock;
    private final AgreedAssets agreed;
    private final Map<String, Counted> counted = new ConcurrentHashMap<>();
    private final Map<String, Judged> judged = new ConcurrentHashMap<>();
    private final Set<String> left = ConcurrentHashMap.newKeySet();

    /** Subjects of a snapshot under the key of a year. */
    private record Counted(long snapshot, int year, long[] subjects) {}

    /** What was decided by the same facts. */
    private record Judged(long snapshot, LocalDate day, List<UsageGate.Reason> reasons) {}

    /**
     * @param lake null where this platform governs no tables; then nothing is held
     * @param subjects null where there is no lake
     * @param agreed versions of assets that contracts were signed for
     * @param places of participants, as far as known
     */
    public ReleaseGates(
            GateRules rules,
            @Nullable Lake lake,
            AssetCatalog catalog,
            @Nullable SubjectLedger subjects,
            AgreedAssets agreed,
            Function<String, Optional<Place>> places,
            Clock clock) {
        this.rules = rules;
        this.lake = lake;
        this.catalog = catalog;
        this.subjects = subjects;
        this.agreed = agreed;
        this.places = places;
        this.clock = clock;
    }

    /** Whether terms may be agreed with a participant; nothing is counted. */
    public GateDecision decide(String consumer, Policy terms) {
        String target = terms.target() == null ? "" : terms.target();
        return catalog.find(target).orElse(null) instanceof Asset.Dataset dataset
                ? decide(consumer, terms, dataset)
                : new GateDecision.Open();
    }

    private GateDecision decide(String consumer, Policy terms, Asset.Dataset dataset) {
        return on(dataset)
                ? ReleaseGate.decide(facts(consumer, terms, dataset))
                : new GateDecision.Open();
    }

    private boolean on(Asset.Dataset dataset) {
        Lake tables = lake;
        boolean rows = tables != null && tables.tables().contains(dataset.table());
        return rules.enabled() && rows && !dataset.formats().equals(List.of("compute-to-data"));
    }

    /** Why data may not leave now; where it left before, those who are new are counted. */
    public List<UsageGate.Reason> barred(Agreement agreement, String action) {
        return judge(agreement, action, "", left.contains(agreement.id()));
    }

    /** Decides with what is counted by now, and counts it, in one step. */
    public List<UsageGate.Reason> leave(Agreement agreement, String action, String purpose) {
        List<UsageGate.Reason> reasons = judge(agreement, action, purpose, true);
        if (reasons.isEmpty()) {
            left.add(agreement.id());
        }
        return reasons;
    }

    private List<UsageGate.Reason> judge(
            Agreement agreement, String action, String purpose, boolean counts) {
        if (!rules.enabled() || action.equals(COMPUTE)) {
            return List.of();
        }
        try {
            if (!(agreed.get(agreement.id()) instanceof Asset.Dataset dataset) || !on(dataset)) {
                return List.of();
            }
            long snapshot = snapshot(dataset);
            LocalDate day = today();
            Judged known = judged.get(agreement.id());
            boolean settled = known != null && (!counts || left.contains(agreement.id()));
            if (known != null
                    && settled
                    && known.snapshot() == snapshot
                    && known.day().equals(day)) {
                return known.reasons();
            }
            List<UsageGate.Reason> reasons = judge(agreement, dataset, purpose, counts);
            judged.put(agreement.id(), new Judged(snapshot, day, reasons));
            return reasons;
        } catch (RuntimeException e) {
            return List.of(
                    new UsageGate.Reason(
                            "gate_unavailable",
                            "whether this data may leave can't be found out now; try again later",
                            "暂时无法判断数据是否可以提供，请稍后重试"));
        }
    }

    private synchronized List<UsageGate.Reason> judge(
            Agreement agreement, Asset.Dataset dataset, String purpose, boolean counts) {
        ReleaseFacts facts = facts(agreement.consumer(), agreement.policy(), dataset);
        SubjectLedger ledger = subjects;
        return switch (ReleaseGate.decide(facts)) {
            case GateDecision.Closed closed -> reasons(closed);
            case GateDecision.Open open -> {
                if (counts && ledger != null && facts.recipient().abroad() && facts.personal()) {
                    boolean sensitive = TableGrade.isSensitive(facts.columns());
                    ledger.debit(
                            new SubjectLedger.Disclosure(agreement.consumer(), purpose, sensitive),
                            counted(dataset));
                }
                yield List.of();
            }
        };
    }

    /** As programs and people read them at the gate of uses. */
    static List<UsageGate.Reason> reasons(GateDecision.Closed closed) {
        return closed.reasons().stream()
                .map(
                        r ->
                                new UsageGate.Reason(
                                        r.code(),
                                        r.english() + " (" + r.clause() + ")",
                                        r.chinese() + "（" + r.clause() + "）"))
                .toList();
    }

    private ReleaseFacts facts(String consumer, Policy terms, Asset.Dataset dataset) {
        Schema columns = released(dataset);
        boolean personal = isPersonal(columns);
        GateRules.Party papers = rules.parties().getOrDefault(consumer, GateRules.Party.NONE);
        ReleaseFacts.Recipient recipient =
                new ReleaseFacts.Recipient(
                        consumer,
                        places.apply(consumer).map(Place::region).orElse(""),
                        papers.surveyingLicence(),
                        papers.exportAssessment(),
                        papers.standardContract(),
                        papers.surveyingExport());
        Set<String> purposes = terms.rightOperands("purpose");
        List<String> surveying =
                Optional.ofNullable(dataset.properties().get(SURVEYING))
                        .map(text -> List.of(text.toLowerCase(Locale.ROOT).split(",")))
                        .orElse(List.of());
        return new ReleaseFacts(
                recipient,
                columns,
                surveying,
                important(columns, recipient, personal, dataset),
                purposes,
                fields(purposes),
                today(),
                counts(recipient, columns, personal, dataset),
                personal,
                rules.criticalInfrastructure());
    }

    /** Subjects are counted only for a recipient abroad: nobody else is asked about them. */
    private List<ImportantData> important(
            Schema columns,
            ReleaseFacts.Recipient recipient,
            boolean personal,
            Asset.Dataset dataset) {
        Set<ImportantData> found =
                ImportantData.declared(dataset.properties().getOrDefault(IMPORTANT, ""));
        found.addAll(ImportantData.of(columns, Map.of(), false, false));
        if (subjects != null
                && personal
                && recipient.abroad()
                && TableGrade.isOfMany(columns, counted(dataset).length)) {
            found.add(ImportantData.MANY_SUBJECTS);
        }
        return List.copyOf(found);
    }

    private @Nullable Set<String> fields(Set<String> purposes) {
        Set<String> all = new HashSet<>();
        for (String purpose : purposes) {
            Set<String> needed = rules.purposes().get(purpose);
            if (needed == null) {
                return null;
            }
            all.addAll(needed);
        }
        return purposes.isEmpty() ? null : all;
    }

    private SubjectLedger.Counts counts(
            ReleaseFacts.Recipient recipient,
            Schema columns,
            boolean personal,
            Asset.Dataset dataset) {
        SubjectLedger ledger = subjects;
        if (ledger == null || !recipient.abroad() || !personal) {
            return new SubjectLedger.Counts(today().getYear(), 0, 0);
        }
        return ledger.preview(
                new SubjectLedger.Disclosure(recipient.did(), "", TableGrade.isSensitive(columns)),
                counted(dataset));
    }

    private long[] counted(Asset.Dataset dataset) {
        Lake tables = lake();
        long snapshot = snapshot(dataset);
        int year = today().getYear();
        Counted known = counted.get(dataset.table());
        if (known == null || known.snapshot() != snapshot || known.year() != year) {
            String identity = rule(dataset).identity();
            SubjectLedger ledger = java.util.Objects.requireNonNull(subjects);
            try (TableSource.Scan scan =
                    tables.open(dataset.table(), snapshot, List.of(identity), Filter.ALL)) {
                known = new Counted(snapshot, year, ledger.subjects(scan, identity));
            }
            counted.put(dataset.table(), known);
        }
        return known.subjects();
    }

    private long snapshot(Asset.Dataset dataset) {
        return dataset.snapshot() == TableSource.LATEST
                ? lake().currentSnapshot(dataset.table())
                : dataset.snapshot();
    }

    private Schema released(Asset.Dataset dataset) {
        List<String> columns =
                dataset.columns().isEmpty() ? rule(dataset).released() : dataset.columns();
        return lake().schema(dataset.table(), snapshot(dataset)).select(columns);
    }

    private ReleaseRule rule(Asset.Dataset dataset) {
        return lake().findRule(dataset.table(), snapshot(dataset)).orElseThrow();
    }

    private Lake lake() {
        return java.util.Objects.requireNonNull(lake);
    }

    private static boolean isPersonal(Schema columns) {
        return columns.columns().stream()
                .anyMatch(
                        c ->
                                c.dataClass() == DataClass.IDENTITY
                                        || c.grade().compareTo(Grade.PERSONAL) >= 0);
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), SHANGHAI);
    }
}
