package org.roadloop.govern.classify;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.Grade;
import org.roadloop.govern.classify.GateDecision.Reason;

/**
 * The gate that a contract passes before it is signed, and a use before it begins (签约闸门): a pure
 * function of facts. Every reason is given, not only the first.
 *
 * <p>Limits: a security assessment is needed to take abroad important data, the personal data of a
 * million people, the sensitive personal data of ten thousand, both since 1 January, or any of an
 * operator of critical information infrastructure (汽车数据出境安全指引, 2026). Below that, a filed standard
 * contract or a certification is needed for the personal data of a hundred thousand, and for any
 * that are sensitive (促进和规范数据跨境流动规定, 2024, Art. 8). Reading from abroad is taking abroad.
 */
public final class ReleaseGate {
    /** 自然资规〔2022〕1号. */
    static final String SURVEYING = "自然资规〔2022〕1号";

    static final String EXPORT = "汽车数据出境安全指引 (2026)";
    static final String CONTRACT = "促进和规范数据跨境流动规定 (2024) Art. 8";
    static final String MINIMUM = "PIPL Art. 6, 汽车数据安全管理若干规定 Art. 6";

    public static final long ASSESSED_ORDINARY = 1_000_000;
    public static final long ASSESSED_SENSITIVE = 10_000;
    public static final long CONTRACTED_ORDINARY = 100_000;

    private ReleaseGate() {}

    public static GateDecision decide(ReleaseFacts facts) {
        List<Reason> reasons = new ArrayList<>();
        region(facts, reasons);
        surveying(facts, reasons);
        export(facts, reasons);
        purpose(facts, reasons);
        return reasons.isEmpty() ? new GateDecision.Open() : new GateDecision.Closed(reasons);
    }

    private static void region(ReleaseFacts facts, List<Reason> reasons) {
        if (!facts.recipient().known()) {
            reasons.add(
                    new Reason(
                            "region_unknown",
                            EXPORT,
                            "nobody knows where "
                                    + facts.recipient().did()
                                    + " is: have it show a credential with its region, or write it"
                                    + " into the configuration",
                            "接收方所在地区未知：请其出示含地区的凭证，或在配置中登记"));
        }
    }

    private static void surveying(ReleaseFacts facts, List<Reason> reasons) {
        List<String> what = new ArrayList<>(facts.surveying());
        for (Column column : facts.columns().columns()) {
            if (isCoordinate(column)) {
                what.add("coordinates in '" + column.name() + "'");
            }
        }
        if (what.isEmpty()) {
            return;
        }
        String words = String.join(", ", what);
        LocalDate licence = facts.recipient().surveyingLicenceUntil();
        if (licence == null) {
            reasons.add(
                    new Reason(
                            "surveying_licence_missing",
                            SURVEYING,
                            "surveying data ("
                                    + words
                                    + ") go to holders of a navigation-map licence only: register"
                                    + " the licence, or leave these columns out",
                            "测绘地理信息数据仅可提供给具有导航电子地图制作测绘资质的单位：请登记资质，或去除相应字段"));
        } else if (licence.isBefore(facts.today())) {
            reasons.add(
                    new Reason(
                            "surveying_licence_expired",
                            SURVEYING,
                            "the surveying licence ended on "
                                    + licence
                                    + ": register the renewed one, or leave out "
                                    + words,
                            "测绘资质已于 " + licence + " 到期：请登记续期后的资质，或去除相应字段"));
        }
        if (facts.recipient().abroad()
                && !holds(facts.recipient().exportApprovedUntil(), facts.today())) {
            reasons.add(
                    new Reason(
                            "surveying_export",
                            SURVEYING,
                            "surveying data ("
                                    + words
                                    + ") stay in the country unless their export is approved:"
                                    + " register the approval, or leave these columns out",
                            "测绘地理信息数据须存于境内，经批准方可出境：请登记批准，或去除相应字段"));
        }
    }

    /** In a datum, or in none that is named; metres of a local frame are no place on earth. */
    private static boolean isCoordinate(Column column) {
        return TableGrade.isPosition(column)
                && switch (column.coordinateSystem()) {
                    case WGS_84, GCJ_02, BD_09, UNKNOWN -> true;
                    case NONE -> column.grade().compareTo(Grade.SENSITIVE_PERSONAL) >= 0;
                    case LOCAL_METRES -> false;
                };
    }

    private static void export(ReleaseFacts facts, List<Reason> reasons) {
        if (!facts.recipient().abroad()
                || holds(facts.recipient().assessedUntil(), facts.today())) {
            return;
        }
        String fix = ": pass the security assessment and register it, or release less";
        String how = "：请通过数据出境安全评估并登记，或减少出境数据";
        if (!facts.important().isEmpty()) {
            Set<String> kinds = new TreeSet<>();
            facts.important().forEach(i -> kinds.add(i.words()));
            reasons.add(
                    new Reason(
                            "export_important",
                            EXPORT,
                            "important data ("
                                    + String.join("; ", kinds)
                                    + ") would leave the country"
                                    + fix,
                            "重要数据出境须经安全评估" + how));
        }
        if (facts.criticalInfrastructure() && facts.personal()) {
            reasons.add(
                    new Reason(
                            "export_critical_infrastructure",
                            EXPORT,
                            "an operator of critical information infrastructure would take personal"
                                    + " data abroad"
                                    + fix,
                            "关键信息基础设施运营者向境外提供个人信息须经安全评估" + how));
        }
        limit(facts.counts().ordinary(), ASSESSED_ORDINARY, "", "", fix, how, reasons);
        limit(
                facts.counts().sensitive(),
                ASSESSED_SENSITIVE,
                "sensitive ",
                "敏感",
                fix,
                how,
                reasons);
        if (facts.personal()
                && facts.counts().ordinary() < ASSESSED_ORDINARY
                && facts.counts().sensitive() < ASSESSED_SENSITIVE) {
            standardContract(facts, reasons);
        }
    }

    private static void standardContract(ReleaseFacts facts, List<Reason> reasons) {
        boolean sensitive =
                TableGrade.isSensitive(facts.columns()) && facts.counts().sensitive() > 0;
        boolean many = facts.counts().ordinary() >= CONTRACTED_ORDINARY;
        if ((sensitive || many)
                && !holds(facts.recipient().standardContractUntil(), facts.today())) {
            String what =
                    sensitive
                            ? "sensitive personal data would go abroad"
                            : "personal data of "
                                    + facts.counts().ordinary()
                                    + " subjects would be abroad since 1 January";
            reasons.add(
                    new Reason(
                            "export_standard_contract",
                            CONTRACT,
                            what
                                    + " without a standard contract or a certification: register"
                                    + " the filed contract, or release less",
                            (sensitive
                                            ? "向境外提供敏感个人信息"
                                            : "自 1 月 1 日起累计向境外提供 "
                                                    + facts.counts().ordinary()
                                                    + " 人个人信息")
                                    + "，须订立并备案标准合同或通过认证：请登记，或减少出境数据"));
        }
    }

    private static void limit(
            long count,
            long limit,
            String kind,
            String chinese,
            String fix,
            String how,
            List<Reason> reasons) {
        if (count >= limit) {
            reasons.add(
                    new Reason(
                            kind.isEmpty() ? "export_subjects" : "export_sensitive_subjects",
                            EXPORT,
                            kind
                                    + "personal data of "
                                    + count
                                    + " subjects would be abroad since 1 January; "
                                    + limit
                                    + " need an assessment"
                                    + fix,
                            "自 1 月 1 日起累计向境外提供 "
                                    + count
                                    + " 人"
                                    + chinese
                                    + "个人信息，达到 "
                                    + limit
                                    + " 人"
                                    + how));
        }
    }

    private static void purpose(ReleaseFacts facts, List<Reason> reasons) {
        Set<String> fields = facts.fields();
        if (fields == null) {
            if (facts.personal() && facts.purposes().isEmpty()) {
                reasons.add(
                        new Reason(
                                "purpose_missing",
                                MINIMUM,
                                "personal data are offered for no purpose: give the offer a"
                                        + " constraint on purpose",
                                "个人信息的要约未限定目的：请在要约中加入目的约束"));
            }
            return;
        }
        Set<String> beyond = new TreeSet<>();
        facts.columns().columns().stream()
                .map(Column::name)
                .filter(n -> !fields.contains(n))
                .forEach(beyond::add);
        if (!beyond.isEmpty()) {
            reasons.add(
                    new Reason(
                            "fields_beyond_purpose",
                            MINIMUM,
                            "the purpose does not need "
                                    + String.join(", ", beyond)
                                    + ": offer only the columns it needs, or add them to the"
                                    + " purpose in the configuration",
                            "以下字段超出目的所需的最小范围：" + String.join(", ", beyond)));
        }
    }

    private static boolean holds(@Nullable LocalDate until, LocalDate today) {
        return until != null && !until.isBefore(today);
    }
}
