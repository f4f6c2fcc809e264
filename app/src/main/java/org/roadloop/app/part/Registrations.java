package org.roadloop.app.part;

import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.roadloop.app.http.Json;
import org.roadloop.app.http.Problem;
import org.roadloop.app.http.Role;
import org.roadloop.app.http.Route;
import org.roadloop.collect.gateway.RoadsideDecoder;
import org.roadloop.collect.gateway.TerminalRegister;
import org.roadloop.collect.jt808.PositionTable;
import org.roadloop.collect.jt808.SafetyAlarmTable;
import org.roadloop.collect.v2x.V2xUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who may report (登记): vehicles, terminals, junctions and units, by API. Whoever is registered has
 * its tables governed first, so that no row is without a way in.
 */
final class Registrations {
    private final RawTables tables;
    private @Nullable Registers registers;
    private @Nullable VehicleSubjects subjects;

    Registrations(RawTables tables) {
        this.tables = tables;
    }

    void start(Registers known, VehicleSubjects names) {
        registers = known;
        subjects = names;
    }

    /** Sees that the tables of all who are registered already are governed. */
    void governAll() throws InterruptedException {
        if (registers().terminals().size() > 0) {
            governTerminals();
        }
        for (V2xUnit unit : registers().units().list()) {
            governRowsOf(unit);
        }
    }

    private void governTerminals() throws InterruptedException {
        tables.govern(PositionTable.NAME);
        tables.govern(SafetyAlarmTable.NAME);
    }

    private Registers registers() {
        if (registers == null) {
            throw new IllegalStateException("registrations are not started");
        }
        return registers;
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                                "/api/v1/vehicles",
                                Role.OPERATOR,
                                "Register vehicles: VIN and lineage",
                                c -> register(c, "vehicles"))
                        .schemas(
                                """
                                {"type":"object","required":["vehicles"],"properties":{"vehicles":
                                 {"type":"array","items":{"type":"object","required":["vin"],
                                 "properties":{"vin":{"type":"string"},
                                 "lineage":{"enum":["simulated","replay","vehicle"]}}}}}}
                                """,
                                ""),
                Route.post(
                                "/api/v1/terminals",
                                Role.OPERATOR,
                                "Register JT/T 808 terminals: phone, lineage, plate; answers their ids",
                                this::registerTerminals)
                        .schemas(
                                """
                                {"type":"object","required":["terminals"],"properties":{"terminals":
                                 {"type":"array","items":{"type":"object","required":["terminal"],
                                 "properties":{"terminal":{"type":"string",
                                  "description":"the phone, 1 to 20 digits"},
                                 "plate":{"type":"string"},
                                 "lineage":{"enum":["simulated","replay","vehicle"]}}}}}}
                                """,
                                """
                                {"type":"object","properties":{"ids":{"type":"array",
                                 "items":{"type":"string"}}}}
                                """),
                Route.post(
                                "/api/v1/junctions",
                                Role.OPERATOR,
                                "Register equipped junctions: number, name, origin, roadside unit",
                                c -> register(c, "junctions"))
                        .schemas(
                                """
                                {"type":"object","required":["junctions"],"properties":{"junctions":
                                 {"type":"array","items":{"type":"object",
                                 "required":["junction","name","longitudeDegrees",
                                  "latitudeDegrees"],
                                 "properties":{"junction":{"type":"integer"},
                                 "name":{"type":"string"},
                                 "longitudeDegrees":{"type":"number"},
                                 "latitudeDegrees":{"type":"number"},
                                 "lineage":{"enum":["simulated","replay","vehicle"]},
                                 "unit":{"type":"string",
                                  "description":"id of its roadside unit's envelopes"},
                                 "messages":{"type":"array","items":
                                  {"enum":["bsm","map","rsm","spat","rsi","later"]}},
                                 "roadsideUnit":{"type":"string",
                                  "description":"HOST:PORT for alarms, UDP"}}}}}}
                                """,
                                ""),
                Route.post(
                                "/api/v1/units",
                                Role.OPERATOR,
                                "Register roadside and on-board units by the id of their envelopes",
                                c -> register(c, "units"))
                        .schemas(
                                """
                                {"type":"object","required":["units"],"properties":{"units":
                                 {"type":"array","items":{"type":"object",
                                 "required":["unit","kind"],
                                 "properties":{"unit":{"type":"string",
                                  "description":"eight printable ASCII characters or 16 hex digits"},
                                 "kind":{"enum":["roadside","on-board"]},
                                 "messages":{"type":"array","items":
                                  {"enum":["bsm","map","rsm","spat","rsi","later"]}},
                                 "lineage":{"enum":["simulated","replay","vehicle"]}}}}}}
                                """,
                                ""));
    }

    private void registerTerminals(Context c) throws InterruptedException {
        tables.requireGovernor();
        List<JsonNode> items = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        VehicleSubjects names = Objects.requireNonNull(subjects);
        try {
            for (JsonNode item : Json.object(c).required("terminals").values()) {
                String phone = TerminalRegister.checked(item.required("terminal").asString());
                // What a terminal has left is told by itself.
                ((ObjectNode) item).remove("left");
                items.add(item);
                ids.add(names.ofPhone(phone));
            }
            governTerminals();
            registers().register(items);
        } catch (IllegalArgumentException | JacksonException | ClassCastException e) {
            throw Problem.badRequest(
                    "invalid_registration",
                    "the body needs an array 'terminals' of objects with 'terminal', a phone of 1"
                            + " to 20 digits, and a known lineage");
        }
        c.status(201).json(Map.of("ids", ids));
    }

    /** A unit is taken in when the tables of all that it may send are governed. */
    private void governRowsOf(V2xUnit unit) throws InterruptedException {
        for (String table : RoadsideDecoder.tables(unit)) {
            tables.govern(table);
        }
    }

    private void register(Context c, String field) throws InterruptedException {
        JsonNode items = Json.object(c).path(field);
        if (!items.isArray()) {
            throw Problem.badRequest("invalid_body", "the body needs an array '" + field + "'");
        }
        try {
            for (JsonNode item : items.values()) {
                Optional<V2xUnit> unit = Registers.findUnit(item);
                if (unit.isPresent()) {
                    governRowsOf(unit.get());
                }
            }
            registers().register(items.values());
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid_registration", String.valueOf(e.getMessage()));
        }
        c.status(201).json(Map.of("registered", items.size()));
    }
}
