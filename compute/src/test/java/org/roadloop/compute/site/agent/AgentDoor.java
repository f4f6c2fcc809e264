package org.roadloop.compute.site.agent;

import io.javalin.Javalin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.roadloop.compute.site.SiteDeclaration;

/** The part of a platform that agents see: one site, its routes on a loopback port. */
public final class AgentDoor implements AutoCloseable {
    public final AgentSite site;
    final AtomicBoolean refuseEnds = new AtomicBoolean();
    final AtomicLong endsAsked = new AtomicLong();
    private final Javalin server;

    /**
     * @param port 0 for a free one
     */
    public AgentDoor(Path home, int port, Duration lostAfter) throws Exception {
        site = new AgentSite(settings(home, lostAfter));
        server =
                Javalin.create(
                        config -> {
                            config.startup.showJavalinBanner = false;
                            config.concurrency.useVirtualThreads = true;
                            config.routes.before(
                                    ctx -> {
                                        if (ctx.path().endsWith("/end")) {
                                            endsAsked.incrementAndGet();
                                            if (refuseEnds.get()) {
                                                ctx.status(503)
                                                        .result("{}")
                                                        .skipRemainingHandlers();
                                            }
                                        }
                                    });
                            new AgentRoutes(List.of(site)).addTo(config.routes);
                        });
        server.start("127.0.0.1", port);
    }

    static AgentSettings settings(Path home, Duration lostAfter) {
        return new AgentSettings(
                "away",
                "there",
                SiteDeclaration.in("cn-west", 1),
                home,
                2,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                lostAfter,
                Duration.ofMillis(200),
                () -> AgentProcess.TOKEN);
    }

    int port() {
        return server.port();
    }

    public String url() {
        return "http://127.0.0.1:" + server.port();
    }

    @Override
    public void close() {
        site.close();
        server.stop();
    }
}
