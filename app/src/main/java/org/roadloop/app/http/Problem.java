package org.roadloop.app.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An error as a client sees it (RFC 9457). Thrown by handlers, turned into an answer in one place.
 *
 * <p>The message says what, where, and how to fix it; it never holds a secret, a whole VIN, a plate
 * or a position.
 */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final String TYPE_PREFIX = "urn:roadloop:problem:";

    private final int status;
    private final String name;
    private final transient Map<String, Object> extensions;

    /**
     * @param status HTTP status, 400..599
     * @param name short and stable, for programs: {@code task_not_found}
     * @param detail for people
     */
    public Problem(int status, String name, String detail) {
        this(status, name, detail, Map.of());
    }

    /**
     * @param extensions further members of the answer, for example {@code reasons}
     */
    public Problem(int status, String name, String detail, Map<String, Object> extensions) {
        super(detail);
        if (status < 400 || status > 599 || !name.matches("[a-z][a-z0-9_]*")) {
            throw new IllegalArgumentException(
                    "problem "
                            + status
                            + " '"
                            + name
                            + "' needs a status 400..599 and a name in"
                            + " lower case with underscores");
        }
        this.status = status;
        this.name = name;
        this.extensions = Map.copyOf(extensions);
    }

    public static Problem badRequest(String name, String detail) {
        return new Problem(400, name, detail);
    }

    public static Problem notFound(String name, String detail) {
        return new Problem(404, name, detail);
    }

    public int status() {
        return status;
    }

    public String name() {
        return name;
    }

    /** The members of {@code application/problem+json}, in reading order. */
    Map<String, Object> members(String instance) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", TYPE_PREFIX + name);
        members.put("title", name.replace('_', ' '));
        members.put("status", status);
        members.put("detail", String.valueOf(getMessage()));
        members.put("instance", instance);
        members.putAll(extensions);
        return members;
    }
}
