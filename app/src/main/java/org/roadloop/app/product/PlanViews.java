package org.roadloop.app.product;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.roadloop.core.table.Column;
import org.roadloop.govern.operator.OperatorReport;
import org.roadloop.govern.plan.PlanCheck;
import org.roadloop.govern.product.DryRun;
import org.roadloop.govern.product.ProductCheck;
import org.roadloop.govern.product.StepChain;

/** What is said of a plan, as JSON of the API (方案视图). */
public final class PlanViews {
    private PlanViews() {}

    public static Map<String, Object> check(ProductCheck check) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("mayRun", !check.hasErrors());
        List<Map<String, Object>> findings = new ArrayList<>();
        for (PlanCheck.Finding finding : check.findings()) {
            findings.add(
                    Map.of(
                            "rule",
                            finding.rule(),
                            "error",
                            finding.error(),
                            "message",
                            finding.message()));
        }
        view.put("findings", findings);
        List<Map<String, Object>> columns = new ArrayList<>();
        if (!check.steps().isEmpty()) {
            for (Column column : check.steps().getLast().columns()) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("name", column.name());
                one.put("type", column.type().name().toLowerCase(Locale.ROOT));
                one.put("unit", column.unit());
                one.put("class", column.dataClass().name().toLowerCase(Locale.ROOT));
                one.put("grade", column.grade().name().toLowerCase(Locale.ROOT));
                columns.add(one);
            }
        }
        view.put("columns", columns);
        check.track().ifPresent(track -> view.put("track", track.text()));
        return view;
    }

    public static Map<String, Object> dryRun(DryRun.Report report) {
        Map<String, Object> view = check(report.check());
        view.put("inputRows", report.inputRows());
        view.put("sampleRows", report.sampleRows());
        view.put("rowsOut", report.rowsOut());
        view.put("steps", steps(report.steps()));
        if (report.k() >= 0) {
            view.put("sampleK", report.k());
        }
        view.put("secretsSearched", report.secrets());
        view.put("leaks", report.leaks());
        view.put("cpuSeconds", estimate(report.cpuSeconds()));
        view.put("outputBytes", estimate(report.outputBytes()));
        view.put("method", report.method());
        return view;
    }

    private static Map<String, Object> estimate(DryRun.Estimate estimate) {
        return Map.of("estimate", estimate.value(), "upper", estimate.upper());
    }

    public static List<Map<String, Object>> steps(List<StepChain.StepReport> steps) {
        List<Map<String, Object>> views = new ArrayList<>();
        for (StepChain.StepReport step : steps) {
            OperatorReport report = step.report();
            Map<String, Object> view = new LinkedHashMap<>();
            view.put("operator", step.operator());
            view.put("rowsIn", report.rowsIn());
            view.put("rowsOut", report.rowsOut());
            view.put("dropped", report.dropped());
            view.put("changed", report.changed());
            view.put("figures", report.figures());
            views.add(view);
        }
        return views;
    }
}
