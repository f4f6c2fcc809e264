package org.roadloop.core.contract;

/** Which side of a contract (角色). */
public enum Role {
    PROVIDER,
    CONSUMER;

    public Role other() {
        return this == PROVIDER ? CONSUMER : PROVIDER;
    }

    /** {@code provider}, {@code consumer}. */
    public String term() {
        return this == PROVIDER ? "provider" : "consumer";
    }

    public static Role of(String term) {
        return switch (term) {
            case "provider" -> PROVIDER;
            case "consumer" -> CONSUMER;
            default ->
                    throw new IllegalArgumentException(
                            "role '" + term + "' is neither provider nor consumer");
        };
    }
}
