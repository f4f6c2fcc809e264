package org.roadloop.compute.serving;

/** A service or a call that is not taken, as an HTTP status says it. */
public final class ServiceRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    /**
     * @param code short and stable, for programs: {@code not_healthy}
     */
    ServiceRefusedException(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    static ServiceRefusedException invalid(String message) {
        return new ServiceRefusedException(400, "invalid_service", message);
    }

    static ServiceRefusedException unknown(String name) {
        return new ServiceRefusedException(404, "service_not_found", "no service '" + name + "'");
    }

    static ServiceRefusedException notHealthy(String name) {
        return new ServiceRefusedException(
                503, "not_healthy", "service " + name + " has no healthy version now");
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }
}
