package org.roadloop.app.http;

import io.javalin.http.Context;
import java.util.Set;
import java.util.stream.Collectors;

/** Who may pass the door (准入): a bearer token of a role that the route is for. */
public final class Admission {
    private static final String BEARER = "Bearer ";

    private Admission() {}

    /**
     * Notes the caller, see {@link Caller#of}.
     *
     * @param roles besides the operator
     * @throws Problem 401 without a good token, 403 for another role
     */
    public static void admit(Context context, Tokens tokens, Set<Role> roles) {
        String header = context.header("Authorization");
        if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            context.header("WWW-Authenticate", "Bearer");
            throw new Problem(
                    401,
                    "token_missing",
                    "this route needs a token; send 'Authorization: Bearer ...', the operator's is"
                            + " in admin.token of the home");
        }
        Caller caller =
                tokens.find(header.substring(BEARER.length()).strip())
                        .orElseThrow(
                                () -> {
                                    context.header(
                                            "WWW-Authenticate", "Bearer error=\"invalid_token\"");
                                    return new Problem(
                                            401,
                                            "token_invalid",
                                            "this token is unknown, revoked or expired; ask the"
                                                    + " operator for a new one (roadloop token create)");
                                });
        if (caller.role() != Role.OPERATOR && !roles.contains(caller.role())) {
            throw new Problem(
                    403,
                    "role_not_allowed",
                    "role '"
                            + caller.role().word()
                            + "' may not call this route; it is for "
                            + roles.stream()
                                    .map(Role::word)
                                    .sorted()
                                    .collect(Collectors.joining(", "))
                            + " and operator");
        }
        context.attribute(Caller.ATTRIBUTE, caller);
    }
}
