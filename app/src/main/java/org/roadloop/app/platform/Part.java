package org.roadloop.app.platform;

import io.javalin.config.RoutesConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.roadloop.app.http.Route;

/**
 * One part of the platform (平台部件): started in the order of the list, closed in reverse order. The
 * starting thread calls everything but {@link #metrics} and {@link #ready}, which any thread may.
 */
public interface Part {
    /** One lower-case word, what {@code up --only} names. */
    String name();

    /** Parts that must run too, also with {@code --only}. */
    default Set<String> needs() {
        return Set.of();
    }

    /** True for a part that runs whatever {@code --only} says. */
    default boolean always() {
        return false;
    }

    /** True for a part that only one node may run of those that share a ledger. */
    default boolean onOneNode() {
        return false;
    }

    /** Opens files and ports; returns when the part can take work. */
    void start(PlatformContext context) throws Exception;

    /** Operations under {@code /api/v1}; asked after {@link #start}. */
    default List<Route> routes() {
        return List.of();
    }

    /** Routes of a standard with its own paths and its own proof of who calls (DSP, TES). */
    default void mount(RoutesConfig routes) {}

    /** Of what {@link #mount} adds, what the API description shows. */
    default List<Route> described() {
        return List.of();
    }

    /**
     * Counters and gauges by name, see {@link org.roadloop.app.http.Metrics}; read at each scrape.
     */
    default Map<String, LongSupplier> metrics() {
        return Map.of();
    }

    /** False while the part can't do its work; then {@code api/v1/health} answers 503. */
    default boolean ready() {
        return true;
    }

    /** Called once the HTTP door answers: take up what a restart interrupted. */
    default void opened() {}

    /** Called before the HTTP door closes: end what would hold it open, streams and long waits. */
    default void closing() {}

    /** Finishes what is acknowledged, then lets go of files and ports. */
    void close() throws Exception;
}
