package org.roadloop.app.config;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What contracts are held against before they are signed (签约闸门设置).
 *
 * @param enabled whether they are
 * @param criticalInfrastructure whether this operator is one of critical information infrastructure
 * @param parties what is known of partners beyond their region, by DID
 * @param purposes columns that each purpose needs; a purpose that is not here needs any
 */
public record GateRules(
        boolean enabled,
        boolean criticalInfrastructure,
        Map<String, Party> parties,
        Map<String, Set<String>> purposes) {
    public static final GateRules OFF = new GateRules(false, false, Map.of(), Map.of());

    /**
     * A partner's papers; each the last day it holds, null if there is none.
     *
     * @param surveyingLicence navigation-map licence (导航电子地图制作测绘资质)
     * @param exportAssessment security assessment of releases to it (数据出境安全评估)
     * @param standardContract filed standard contract with it, or certification (个人信息出境标准合同)
     * @param surveyingExport approval to take surveying data abroad
     */
    public record Party(
            @Nullable LocalDate surveyingLicence,
            @Nullable LocalDate exportAssessment,
            @Nullable LocalDate standardContract,
            @Nullable LocalDate surveyingExport) {
        public static final Party NONE = new Party(null, null, null, null);
    }

    public GateRules {
        parties = Map.copyOf(parties);
        purposes = Map.copyOf(purposes);
    }

    static GateRules read(Section s) {
        Map<String, Party> parties = new HashMap<>();
        List<Map.Entry<String, Party>> read =
                s.groups(
                        "parties",
                        p ->
                                Map.entry(
                                        p.required("did", "did:web:partner.example"),
                                        new Party(
                                                day(p, "surveyingLicence"),
                                                day(p, "exportAssessment"),
                                                day(p, "standardContract"),
                                                day(p, "surveyingExport"))));
        read.forEach(e -> parties.put(e.getKey(), e.getValue()));
        Map<String, Set<String>> purposes = new HashMap<>();
        s.groups(
                        "purposes",
                        p ->
                                Map.entry(
                                        p.required("purpose", "https://w3id.org/dpv#Research"),
                                        Set.copyOf(new HashSet<>(p.texts("columns")))))
                .forEach(e -> purposes.put(e.getKey(), e.getValue()));
        return new GateRules(
                s.flag("enabled", OFF.enabled()),
                s.flag("criticalInfrastructure", OFF.criticalInfrastructure()),
                parties,
                purposes);
    }

    private static @Nullable LocalDate day(Section s, String key) {
        String text = s.text(key, "");
        try {
            return text.isEmpty() ? null : LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    key + " '" + text + "' is no day like \"2027-12-31\"", e);
        }
    }
}
