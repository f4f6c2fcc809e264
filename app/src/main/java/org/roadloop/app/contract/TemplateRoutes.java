package org.roadloop.app.contract;

import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.core.template.Template;
import org.roadloop.core.template.TemplateBook;
import tools.jackson.databind.JsonNode;

/** Contract templates: look, publish (合约模板接口). Offers name one by {template, version, values}. */
public final class TemplateRoutes {
    private static final String SCHEMA =
            """
            {"type":"object","required":["name","title","text","parameters","policy","tariff"],
             "properties":{"name":{"type":"string"},
              "title":{"type":"object","required":["en","zh"]},
              "text":{"type":"object","required":["en","zh"]},
              "counters":{"enum":["carried","fresh"]},
              "parameters":{"type":"array","items":{"type":"object",
               "required":["name","type","example","title"],"properties":{
               "type":{"enum":["whole","instant","duration","text","texts"]}}}},
              "policy":{"type":"object"},"tariff":{"type":"object"}}}
            """;

    private final TemplateBook templates;

    public TemplateRoutes(TemplateBook templates) {
        this.templates = templates;
    }

    public List<Route> routes() {
        return List.of(
                Route.get(
                                "/api/v1/templates",
                                Role.PROVIDER,
                                "Contract templates, the newest version of each",
                                c -> c.json(views(templates.list())))
                        .alsoFor(Role.CONSUMER, Role.AUDITOR),
                Route.get(
                                "/api/v1/templates/{name}",
                                Role.PROVIDER,
                                "Every version of a contract template, oldest first",
                                this::versions)
                        .alsoFor(Role.CONSUMER, Role.AUDITOR),
                Route.post(
                                "/api/v1/templates",
                                Role.PROVIDER,
                                "Publish a contract template, or the next version of one",
                                this::publish)
                        .schemas(SCHEMA, ""));
    }

    private static Map<String, List<JsonNode>> views(List<Template> templates) {
        return Map.of("items", templates.stream().<JsonNode>map(Template::toJson).toList());
    }

    private void versions(Context c) {
        List<Template> versions = templates.listVersions(c.pathParam("name"));
        if (versions.isEmpty()) {
            throw Problem.notFound(
                    "template_not_found", "no template '" + c.pathParam("name") + "'");
        }
        c.json(views(versions));
    }

    private void publish(Context c) {
        try {
            c.status(201).json(templates.publish(Json.object(c)).toJson());
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid_template", String.valueOf(e.getMessage()));
        }
    }
}
