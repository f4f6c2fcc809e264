package org.roadloop.core.identity;

import java.math.BigInteger;
import java.net.URI;
import java.security.PublicKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a participant publishes about itself (身份文档): its keys and the addresses of its services. W3C
 * DID Core.
 *
 * @param alsoKnownAs other names of it (§5.1.3), such as its {@link NationalIdentifier}s
 */
public record DidDocument(
        Did id, List<Key> keys, List<Service> services, List<String> alsoKnownAs) {
    private static final int MAX_KEYS = 64;

    /** What a key may be used for (DID Core §5.3). */
    public enum Use {
        /** Presentations. */
        AUTHENTICATION("authentication"),
        /** Credentials and contracts. */
        ASSERTION("assertionMethod"),
        /** Tokens that call a service. */
        INVOCATION("capabilityInvocation");

        private final String member;

        Use(String member) {
            this.member = member;
        }
    }

    /**
     * A verification method; {@code id} is a DID URL.
     *
     * @param revokedAt from then on nothing it signs counts (W3C Controlled Identifiers, {@code
     *     revoked}); what it signed before stays verifiable
     * @param uses as the document lists them; a revoked key of ours has none
     */
    public record Key(String id, PublicKey publicKey, Optional<Instant> revokedAt, Set<Use> uses) {
        public Key {
            uses = Set.copyOf(uses);
        }

        public Key(String id, PublicKey publicKey) {
            this(id, publicKey, Optional.empty());
        }

        /** A key of ours: good for all, until it is revoked. */
        public Key(String id, PublicKey publicKey, Optional<Instant> revokedAt) {
            this(id, publicKey, revokedAt, revokedAt.isEmpty() ? Set.of(Use.values()) : Set.of());
        }

        private boolean countsAt(Instant at) {
            return revokedAt.isEmpty() || at.isBefore(revokedAt.get());
        }
    }

    /**
     * Where a service of the participant is reached.
     *
     * @param type for example {@code DataService}, {@code CredentialService}
     */
    public record Service(String id, String type, URI endpoint) {}

    public DidDocument {
        keys = List.copyOf(keys);
        services = List.copyOf(services);
        alsoKnownAs = List.copyOf(alsoKnownAs);
    }

    public DidDocument(Did id, List<Key> keys, List<Service> services) {
        this(id, keys, services, List.of());
    }

    public Optional<PublicKey> findKey(String keyId) {
        return keys.stream().filter(k -> k.id().equals(keyId)).map(Key::publicKey).findFirst();
    }

    /** The key, if what it signs at that time counts. */
    public Optional<PublicKey> findKey(String keyId, Instant at) {
        return keys.stream()
                .filter(k -> k.id().equals(keyId) && k.countsAt(at))
                .map(Key::publicKey)
                .findFirst();
    }

    /** The key, if what it signs at that time counts and it is listed for that use. */
    public Optional<PublicKey> findKey(String keyId, Instant at, Use use) {
        return keys.stream()
                .filter(k -> k.id().equals(keyId) && k.countsAt(at) && k.uses().contains(use))
                .map(Key::publicKey)
                .findFirst();
    }

    /** False if the document says of no key what it is for: older software writes such. */
    public boolean declaresUses() {
        return keys.stream().anyMatch(k -> !k.uses().isEmpty());
    }

    public Optional<URI> findService(String type) {
        return services.stream()
                .filter(s -> s.type().equals(type))
                .map(Service::endpoint)
                .findFirst();
    }

    /** Keys as {@code JsonWebKey2020}, listed under their uses. */
    public ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.putArray("@context")
                .add("https://www.w3.org/ns/did/v1")
                .add("https://w3id.org/security/suites/jws-2020/v1");
        json.put("id", id.value());
        if (!alsoKnownAs.isEmpty()) {
            alsoKnownAs.forEach(json.putArray("alsoKnownAs")::add);
        }
        ArrayNode methods = json.putArray("verificationMethod");
        for (Use use : Use.values()) {
            json.putArray(use.member);
        }
        for (Key key : keys) {
            ObjectNode method = methods.addObject();
            method.put("id", key.id()).put("type", "JsonWebKey2020").put("controller", id.value());
            method.set("publicKeyJwk", Jwk.write(key.publicKey()));
            key.revokedAt().ifPresent(at -> method.put("revoked", at.toString()));
            for (Use use : key.uses()) {
                json.withArray(use.member).add(key.id());
            }
        }
        ArrayNode list = json.putArray("service");
        for (Service service : services) {
            list.addObject()
                    .put("id", service.id())
                    .put("type", service.type())
                    .put("serviceEndpoint", service.endpoint().toString());
        }
        return json;
    }

    /**
     * Reads keys of any method type, as JWK or (Ed25519 only) Multikey; what is no key that is used
     * here is left out.
     */
    public static DidDocument fromJson(JsonNode json) {
        Did id = Did.parse(json.required("id").asString());
        Map<String, Set<Use>> uses = new HashMap<>();
        List<JsonNode> methods = new ArrayList<>();
        json.path("verificationMethod").forEach(methods::add);
        for (Use use : Use.values()) {
            for (JsonNode listed : json.path(use.member)) {
                String keyId = absolute(id, listed.isObject() ? listed.path("id") : listed);
                uses.computeIfAbsent(keyId, k -> EnumSet.noneOf(Use.class)).add(use);
                if (listed.isObject()) {
                    methods.add(listed);
                }
            }
        }
        if (methods.size() > MAX_KEYS) {
            throw new IllegalArgumentException(
                    "DID document has " + methods.size() + " keys; " + MAX_KEYS + " are read");
        }
        List<Key> keys = new ArrayList<>();
        for (JsonNode method : methods) {
            JsonNode jwk = method.path("publicKeyJwk");
            JsonNode multibase = method.path("publicKeyMultibase");
            Optional<PublicKey> key = Optional.empty();
            if (jwk.isObject()) {
                key = Jwk.read(jwk);
            } else if (multibase.isString()) {
                key = fromMultibase(multibase.asString());
            }
            String keyId = absolute(id, method.required("id"));
            key.ifPresent(
                    k ->
                            keys.add(
                                    new Key(
                                            keyId,
                                            k,
                                            revokedAt(method),
                                            uses.getOrDefault(keyId, Set.of()))));
        }
        List<Service> services = new ArrayList<>();
        for (JsonNode service : json.path("service")) {
            services.add(
                    new Service(
                            service.required("id").asString(),
                            service.required("type").asString(),
                            URI.create(service.required("serviceEndpoint").asString())));
        }
        List<String> names =
                json.path("alsoKnownAs").valueStream().map(name -> name.asString("")).toList();
        return new DidDocument(id, keys, services, names);
    }

    private static String absolute(Did id, JsonNode keyId) {
        String text = keyId.asString("");
        return text.startsWith("#") ? id.value() + text : text;
    }

    /** A time that can't be read revokes from the beginning. */
    private static Optional<Instant> revokedAt(JsonNode method) {
        JsonNode revoked = method.path("revoked");
        if (revoked.isMissingNode() || revoked.isNull()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(revoked.asString("")));
        } catch (DateTimeException e) {
            return Optional.of(Instant.MIN);
        }
    }

    private static final String BASE58 =
            "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /** Multikey: {@code z}, then base58btc of 0xed 0x01 and the key; empty if not Ed25519. */
    static Optional<PublicKey> fromMultibase(String text) {
        if (!text.startsWith("z")) {
            return Optional.empty();
        }
        BigInteger number = BigInteger.ZERO;
        for (int i = 1; i < text.length(); i++) {
            int digit = BASE58.indexOf(text.charAt(i));
            if (digit < 0) {
                throw new IllegalArgumentException(
                        "publicKeyMultibase has a character outside base58btc at " + i);
            }
            number = number.multiply(BigInteger.valueOf(58)).add(BigInteger.valueOf(digit));
        }
        byte[] bytes = number.toByteArray();
        int start = bytes[0] == 0 ? 1 : 0;
        if (bytes.length - start != 34 || bytes[start] != (byte) 0xed || bytes[start + 1] != 0x01) {
            return Optional.empty();
        }
        return Optional.of(Ed25519.publicKey(Arrays.copyOfRange(bytes, start + 2, bytes.length)));
    }
}
