package org.roadloop.core.contract;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where data can be had (数据地址), DSP 2025-1 {@code DataAddress}.
 *
 * @param endpointType IRI of the kind of endpoint
 * @param endpoint URL; empty if there is none
 * @param properties {@code endpointProperties} by name; {@code authorization} is a secret
 */
public record DataAddress(String endpointType, String endpoint, Map<String, String> properties) {
    public static final String AUTHORIZATION = "authorization";
    public static final String AUTH_TYPE = "authType";

    public DataAddress {
        properties = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    public static DataAddress bearer(String endpointType, String endpoint, String token) {
        return new DataAddress(
                endpointType, endpoint, Map.of(AUTHORIZATION, token, AUTH_TYPE, "bearer"));
    }

    /** The access token, if it carries one. */
    public Optional<String> findToken() {
        return Optional.ofNullable(properties.get(AUTHORIZATION));
    }

    /**
     * What may stand in a ledger or a log. Peers have names of their own for further secrets, so of
     * the properties only the kind of authorization stays.
     */
    public DataAddress withoutSecret() {
        String authType = properties.get(AUTH_TYPE);
        return new DataAddress(
                endpointType, endpoint, authType == null ? Map.of() : Map.of(AUTH_TYPE, authType));
    }

    @Override
    public String toString() {
        return "DataAddress[" + endpointType + " " + endpoint + "]";
    }
}
