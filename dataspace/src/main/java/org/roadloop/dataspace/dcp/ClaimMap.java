package org.roadloop.dataspace.dcp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * Which claim of which credential is which left operand of a policy (声明映射). Only what is mapped
 * becomes an operand, so that no issuer can decide about, say, {@code purpose}. Any thread.
 *
 * @param paths left operand to {@code Type.member}, deeper members after further dots: {@code
 *     industry} to {@code MembershipCredential.industry}
 */
public record ClaimMap(Map<String, List<String>> paths) {
    /** Set of the types of credentials that a participant holds. */
    public static final String CREDENTIAL = "credential";

    /** As the embedded issuer writes them. */
    public static final ClaimMap DEFAULTS =
            new ClaimMap(
                    Map.of(
                            "membership", List.of("MembershipCredential.memberOf"),
                            "industry", List.of("MembershipCredential.industry"),
                            "spatial", List.of("MembershipCredential.region"),
                            "creditCode", List.of("MembershipCredential.unifiedSocialCreditCode"),
                            "registrationNumber",
                                    List.of("MembershipCredential.registrationNumber")));

    private static final int MAX_VALUES = 100;

    public ClaimMap {
        Map<String, List<String>> copy = new LinkedHashMap<>();
        paths.forEach((operand, list) -> copy.put(operand, List.copyOf(list)));
        paths = Map.copyOf(copy);
        paths.values()
                .forEach(
                        list ->
                                list.forEach(
                                        path -> {
                                            if (path.indexOf('.') < 1) {
                                                throw new IllegalArgumentException(
                                                        "claim path '"
                                                                + path
                                                                + "' is not written"
                                                                + " CredentialType.member");
                                            }
                                        }));
    }

    /** By left operand. */
    Map<String, Set<String>> claims(
            List<VerifiableCredential> credentials, TrustedIssuers issuers) {
        Map<String, Set<String>> claims = new TreeMap<>();
        for (VerifiableCredential credential : credentials) {
            Set<String> vouched = issuers.vouchedTypes(credential);
            for (String type : vouched) {
                if (!type.equals("VerifiableCredential")) {
                    add(claims, CREDENTIAL, type);
                }
            }
            paths.forEach(
                    (operand, list) ->
                            list.forEach(
                                    path -> {
                                        int dot = path.indexOf('.');
                                        if (vouched.contains(path.substring(0, dot))) {
                                            collect(
                                                    claims,
                                                    operand,
                                                    at(
                                                            credential.subject(),
                                                            path.substring(dot + 1)));
                                        }
                                    }));
        }
        return claims;
    }

    private static JsonNode at(JsonNode subject, String path) {
        JsonNode node = subject;
        for (String member : path.split("\\.")) {
            node = node.path(member);
        }
        return node;
    }

    private static void collect(Map<String, Set<String>> claims, String operand, JsonNode value) {
        for (JsonNode one : VerifiableCredential.list(value)) {
            if (one.isString() || one.isNumber() || one.isBoolean()) {
                add(claims, operand, one.asString());
            }
        }
    }

    private static void add(Map<String, Set<String>> claims, String operand, String value) {
        Set<String> values = claims.computeIfAbsent(operand, o -> new TreeSet<>());
        if (values.size() < MAX_VALUES) {
            values.add(value);
        }
    }
}
