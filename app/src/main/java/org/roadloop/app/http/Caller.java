package org.roadloop.app.http;

import io.javalin.http.Context;

/**
 * Who sent a request (调用方).
 *
 * @param id id of the token, never the token; {@code anonymous} without one
 */
public record Caller(String id, Role role) {
    static final String ATTRIBUTE = "roadloop.caller";
    static final Caller ANONYMOUS = new Caller("anonymous", Role.ANYONE);

    public static Caller of(Context context) {
        Caller caller = context.attribute(ATTRIBUTE);
        return caller == null ? ANONYMOUS : caller;
    }
}
