package org.roadloop.app.part;

import io.javalin.http.Handler;
import java.util.List;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.compute.site.agent.AgentRoutes;

/**
 * What the API description says of the routes where agents of sites dial in (代理接口说明). {@link
 * AgentRoutes} serves them; its callers prove themselves by the token of their site.
 */
final class AgentApi {
    private static final String SITE = "/api/v1/agents/{site}";
    private static final String LIST =
            """
            {"type":"array","maxItems":20000,"items":{"type":"object","required":["path"],
             "properties":{"path":{"type":"string","maxLength":1024},"folder":{"type":"boolean"},
              "dataBytes":{"type":"integer"},"sha256":{"type":"string"},
              "target":{"type":"string"}}}}""";
    private static final String MISSING =
            """
            {"type":"object","required":["missing"],
             "properties":{"missing":{"type":"array","items":{"type":"string"}}}}
            """;
    private static final String CALL =
            """
            {"type":"object","required":["id","verb"],"properties":{"id":{"type":"integer"},
             "verb":{"enum":["offer","stage","submit","find","cancel","forget"]}}}""";

    private AgentApi() {}

    static List<Route> described() {
        Handler served = c -> {};
        return List.of(
                Route.post(
                                SITE + "/sessions",
                                Role.ANYONE,
                                "Registers the agent of a site by the site's token; the newest wins",
                                served)
                        .schemas(
                                """
                                {"type":"object","required":["protocol","process","capabilities"],
                                 "properties":{"protocol":{"enum":[1]},"process":{"type":"string"},
                                  "capabilities":{"type":"object"},
                                  "held":{"type":"array","items":{"type":"string"}},
                                  "keys":{"type":"array","items":{"type":"string"}}}}
                                """,
                                """
                                {"type":"object","required":["session","pollMillis","drop"],
                                 "properties":{"session":{"type":"string"},
                                  "pollMillis":{"type":"integer"},
                                  "drop":{"type":"array","items":{"type":"string"}}}}
                                """),
                Route.post(
                                SITE + "/calls",
                                Role.ANYONE,
                                "What is asked of the agent; waits for it (site's token, session)",
                                served)
                        .schemas(
                                """
                                {"type":"object","properties":{"seen":{"type":"integer"}}}
                                """,
                                "{\"type\":\"object\",\"properties\":{\"calls\":{\"type\":\"array\",\"items\":"
                                        + CALL
                                        + "}}}"),
                Route.post(
                                SITE + "/calls/{id}",
                                Role.ANYONE,
                                "The answer to one call (site's token, session)",
                                served)
                        .schemas("{\"type\":\"object\"}", "{\"type\":\"object\"}"),
                Route.get(
                        SITE + "/contents/{sha256}",
                        Role.ANYONE,
                        "A range of a content of the site's own runs (site's token, session)",
                        served),
                Route.put(
                        SITE + "/runs/{key}/streams/{stream}",
                        Role.ANYONE,
                        "What a run wrote to a stream, from ?offset= on (site's token, session)",
                        served),
                Route.put(
                        SITE + "/runs/{key}/contents/{sha256}",
                        Role.ANYONE,
                        "Bytes of a listed content, from ?offset= on (site's token, session)",
                        served),
                Route.put(
                                SITE + "/runs/{key}/checkpoint",
                                Role.ANYONE,
                                "The checkpoint folder of a run; answers what is missing",
                                served)
                        .schemas(
                                "{\"type\":\"object\",\"properties\":{\"tree\":" + LIST + "}}",
                                MISSING),
                Route.put(
                                SITE + "/runs/{key}/end",
                                Role.ANYONE,
                                "How a run ended and what it wrote; answers what is missing",
                                served)
                        .schemas(
                                """
                                {"type":"object","required":["ended"],"properties":{
                                 "streams":{"type":"object"},"trees":{"type":"array"},
                                 "ended":{"type":"object"}}}
                                """,
                                MISSING));
    }
}
