package org.roadloop.app.part;

import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.roadloop.app.http.Caller;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;

/** Giving, reading and withdrawing consents over HTTP (同意接口). */
final class ConsentRoutes {
    private static final String PATH = "/api/v1/subjects/{id}/consents";

    private final Supplier<ConsentBook> book;
    private final Supplier<Instant> now;

    ConsentRoutes(Supplier<ConsentBook> book, Supplier<Instant> now) {
        this.book = book;
        this.now = now;
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                                PATH,
                                Role.OPERATOR,
                                "Take down what a subject consented to, and until when",
                                this::give)
                        .schemas(
                                """
                                {"type":"object","required":["purposes","classes","from","until"],
                                 "properties":{"purposes":{"type":"array","items":{"type":"string"}},
                                 "classes":{"type":"array","items":{"type":"string"}},
                                 "from":{"type":"string"},"until":{"type":"string"},
                                 "document":{"type":"object"}}}
                                """,
                                """
                                {"type":"object","properties":{"consent":{"type":"string"},
                                 "purposes":{"type":"array"},"classes":{"type":"array"},
                                 "from":{"type":"string"},"until":{"type":"string"},
                                 "withdrawn":{"type":"string"},"inForce":{"type":"boolean"}}}
                                """),
                Route.get(PATH, Role.AUDITOR, "Consents of a subject, oldest first", this::list),
                Route.delete(
                        PATH + "/{consent}",
                        Role.OPERATOR,
                        "Withdraw a consent; it counts at once",
                        this::withdraw));
    }

    private void give(Context c) {
        try {
            ConsentBook.Consent given = book.get().give(c.pathParam("id"), Json.object(c));
            c.status(201).json(given.json(now.get()));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid_consent", String.valueOf(e.getMessage()));
        }
    }

    private void list(Context c) {
        var answer = Json.mapper().createObjectNode();
        var items = answer.putArray("items");
        book.get().of(c.pathParam("id")).forEach(consent -> items.add(consent.json(now.get())));
        c.json(answer);
    }

    private void withdraw(Context c) {
        try {
            ConsentBook.Consent ended =
                    book.get()
                            .withdraw(
                                    c.pathParam("id"),
                                    c.pathParam("consent"),
                                    "token:" + Caller.of(c).id());
            c.json(ended.json(now.get()));
        } catch (NoSuchElementException e) {
            throw Problem.notFound("consent_not_found", String.valueOf(e.getMessage()));
        }
    }
}
