package org.roadloop.app.market;

import io.javalin.http.Context;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Page;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.compute.site.FloatingPointRate;
import org.roadloop.compute.site.MeasuredRates;
import org.roadloop.compute.site.Site;
import org.roadloop.compute.site.SiteException;
import org.roadloop.compute.task.TaskMarket;
import org.roadloop.compute.task.TaskRefusedException;
import org.roadloop.compute.task.TaskService;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Offers, quotes and placements of compute (算力接口). */
public final class MarketRoutes {
    private static final String OFFERS =
            """
            {"type":"object","properties":{"items":{"type":"array","items":{"type":"object",
             "required":["identifier","site","type","architecture","region","milliPerSecond",
                         "greenShare","trust"],
             "properties":{"identifier":{"type":"string"},"site":{"type":"string"},
              "type":{"enum":["general","accelerator","hpc","edge"]},
              "architecture":{"type":"string"},"owner":{"type":"string"},
              "region":{"type":"string"},"nodes":{"type":"integer"},
              "accelerators":{"type":"object"},"slots":{"type":"integer"},
              "memoryBytes":{"type":"integer"},"speed":{"type":"number"},
              "fp16GigaFlops":{"type":"number"},"fp64GigaFlops":{"type":"number"},
              "milliPerSecond":{"type":"integer"},"greenShare":{"type":"number"},
              "trust":{"type":"integer"},"sandbox":{"type":"string"},
              "notEnforced":{"type":"array","items":{"type":"string"}}}}}}}
            """;
    private static final String TASK =
            """
            {"type":"object","required":["executors"],
             "description":"tesTask of GA4GH TES 1.1",
             "properties":{"executors":{"type":"array","items":{"type":"object",
              "required":["image","command"]}},"inputs":{"type":"array"},
              "outputs":{"type":"array"},"resources":{"type":"object"}}}
            """;
    private static final String PLACEMENT =
            """
            {"type":"object","required":["site","quotes","reasons"],
             "properties":{"site":{"type":"string"},"at":{"type":"string"},
              "method":{"type":"string"},"quotes":{"type":"array","items":{"type":"object"}},
              "reasons":{"type":"array","items":{"type":"string"}}}}
            """;
    private static final String PLACEMENTS =
            """
            {"type":"object","required":["items"],"properties":{"next":{"type":"string"},
             "items":{"type":"array","items":{"type":"object","required":["task","site","reasons"],
              "properties":{"task":{"type":"string"},"state":{"type":"string"},
               "site":{"type":"string"},"hold":{"type":"string"},"at":{"type":"string"},
               "quotes":{"type":"array","items":{"type":"object"}},
               "reasons":{"type":"array","items":{"type":"string"}}}}}}}
            """;

    private static final String RATE =
            """
            {"type":"object","required":["fp16GigaFlops","fp64GigaFlops"],
             "properties":{"fp16GigaFlops":{"type":"number"},
              "fp64GigaFlops":{"type":"number"}}}
            """;

    private final Supplier<TaskService> tasks;
    private final Supplier<MeasuredRates> rates;

    public MarketRoutes(Supplier<TaskService> tasks, Supplier<MeasuredRates> rates) {
        this.tasks = tasks;
        this.rates = rates;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(
                                "/api/v1/offers",
                                Role.AUDITOR,
                                "Compute on offer: identifier, type, architecture, measured rate,"
                                        + " region, price, green share, trust",
                                this::offers)
                        .alsoFor(Role.PROVIDER, Role.CONSUMER)
                        .schemas("", OFFERS),
                Route.post(
                                "/api/v1/sites/{site}/rate",
                                Role.OPERATOR,
                                "Measures a site by a run of its own: the rate of one core, in 10⁹"
                                        + " floating-point operations a second",
                                this::measure)
                        .schemas("", RATE),
                Route.post(
                                "/api/v1/quotes",
                                Role.OPERATOR,
                                "Where a task would run and why: what every site says to it now",
                                this::quotes)
                        .schemas(TASK, PLACEMENT),
                Route.get(
                                "/api/v1/placements",
                                Role.AUDITOR,
                                "Decisions on tasks with the reason about every site, newest first",
                                this::placements)
                        .alsoFor(Role.PROVIDER)
                        .schemas("", PLACEMENTS));
    }

    private void offers(Context c) {
        c.json(
                Map.of(
                        "items",
                        tasks.get().market().offers().stream()
                                .map(rates.get()::shown)
                                .map(MarketRoutes::offer)
                                .toList()));
    }

    private void measure(Context c) throws IOException, InterruptedException {
        String id = c.pathParam("site");
        Site site =
                tasks.get()
                        .market()
                        .findSite(id)
                        .orElseThrow(
                                () ->
                                        Problem.notFound(
                                                "no_such_site",
                                                "there is no site '"
                                                        + id
                                                        + "'; GET /api/v1/sites lists them"));
        try {
            FloatingPointRate rate = rates.get().measure(site);
            c.json(
                    Map.of(
                            "fp16GigaFlops", rate.fp16GigaFlops(),
                            "fp64GigaFlops", rate.fp64GigaFlops()));
        } catch (SiteException e) {
            throw new Problem(409, "not_measured", String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, Object> offer(Site.Capabilities at) {
        Site.Profile profile = at.profile();
        Map<String, Object> offer = new LinkedHashMap<>();
        offer.put("identifier", profile.identifier());
        offer.put("site", at.id());
        offer.put("type", profile.kind().name().toLowerCase(Locale.ROOT));
        offer.put("architecture", at.architecture());
        offer.put("owner", profile.owner());
        offer.put("region", at.region());
        offer.put("nodes", profile.nodes());
        offer.put("accelerators", profile.accelerators());
        offer.put("slots", at.slots().capacity());
        offer.put("memoryBytes", at.memoryBytes());
        offer.put("speed", at.speed());
        offer.put("fp16GigaFlops", profile.fp16GigaFlops());
        offer.put("fp64GigaFlops", profile.fp64GigaFlops());
        offer.put("milliPerSecond", at.milliPerSecond());
        offer.put("greenShare", profile.greenShare());
        offer.put("trust", profile.trust());
        offer.put("sandbox", at.sandbox());
        offer.put("notEnforced", at.notEnforced());
        return offer;
    }

    private void quotes(Context c) {
        try {
            JsonNode task = Json.mapper().readTree(c.bodyAsBytes());
            c.json(tasks.get().market().quotes(task));
        } catch (JacksonException e) {
            throw Problem.badRequest("invalid_json", "the body is no JSON; send a tesTask");
        } catch (TaskRefusedException e) {
            throw Problem.badRequest("invalid_task", String.valueOf(e.getMessage()));
        }
    }

    private void placements(Context c) {
        Page page = Page.of(c);
        int before = (int) Math.min(Integer.MAX_VALUE - 1, page.afterIndex());
        Map<String, Object> answer =
                page.answer(
                        tasks.get().market().placements(before, page.limit() + 1),
                        decision -> Integer.toString(decision.number()));
        answer.computeIfPresent(
                "items",
                (name, items) ->
                        ((List<?>) items)
                                .stream().map(d -> ((TaskMarket.Decision) d).json()).toList());
        c.json(answer);
    }
}
