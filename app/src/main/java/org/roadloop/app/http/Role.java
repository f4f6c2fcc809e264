package org.roadloop.app.http;

import io.javalin.security.RouteRole;
import java.util.Locale;

/** Who may call a route (角色). The operator may call every one. */
public enum Role implements RouteRole {
    /** Anybody, without a token: health, public metadata. */
    ANYONE,
    OPERATOR,
    PROVIDER,
    CONSUMER,
    AUDITOR,
    /** Checks the whole log, reads the entries of some types, writes nothing. */
    REGULATOR;

    /** As typed on the command line and written in the API: lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
