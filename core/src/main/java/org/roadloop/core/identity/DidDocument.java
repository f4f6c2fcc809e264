package org.roadloop.core.identity;

import java.math.BigInteger;
import java.net.URI;
import java.security.PublicKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a participant publishes about itself (身份文档): its keys and the addresses of its services. W3C
 * DID Core.
 */
public record DidDocument(Did id, List<Key> keys, List<Service> services) {
    /**
     * A verification method, always Ed25519; {@code id} is a DID URL.
     *
     * @param revokedAt from then on nothing it signs counts (W3C Controlled Identifiers, {@code
     *     revoked}); what it signed before stays verifiable
     */
    public record Key(String id, PublicKey publicKey, Optional<Instant> revokedAt) {
        public Key(String id, PublicKey publicKey) {
            this(id, publicKey, Optional.empty());
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
    }

    public Optional<PublicKey> findKey(String keyId) {
        return keys.stream().filter(k -> k.id().equals(keyId)).map(Key::publicKey).findFirst();
    }

    /** The key, if what it signs at that time counts. */
    public Optional<PublicKey> findKey(String keyId, Instant at) {
        return keys.stream()
                .filter(k -> k.id().equals(keyId))
                .filter(k -> k.revokedAt().isEmpty() || at.isBefore(k.revokedAt().get()))
                .map(Key::publicKey)
                .findFirst();
    }

    public Optional<URI> findService(String type) {
        return services.stream()
                .filter(s -> s.type().equals(type))
                .map(Service::endpoint)
                .findFirst();
    }

    /** Keys as {@code JsonWebKey2020}, usable for authentication and assertion. */
    public ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.putArray("@context")
                .add("https://www.w3.org/ns/did/v1")
                .add("https://w3id.org/security/suites/jws-2020/v1");
        json.put("id", id.value());
        ArrayNode methods = json.putArray("verificationMethod");
        ArrayNode authentication = json.putArray("authentication");
        ArrayNode assertion = json.putArray("assertionMethod");
        for (Key key : keys) {
            ObjectNode method = methods.addObject();
            method.put("id", key.id()).put("type", "JsonWebKey2020").put("controller", id.value());
            method.set("publicKeyJwk", jwk(key.publicKey()));
            if (key.revokedAt().isPresent()) {
                method.put("revoked", key.revokedAt().get().toString());
            } else {
                authentication.add(key.id());
                assertion.add(key.id());
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

    /** Reads Ed25519 keys of any method type, as JWK or Multikey; other key types are left out. */
    public static DidDocument fromJson(JsonNode json) {
        Did id = Did.parse(json.required("id").asString());
        List<Key> keys = new ArrayList<>();
        for (JsonNode method : json.path("verificationMethod")) {
            String keyId = method.required("id").asString();
            if (keyId.startsWith("#")) {
                keyId = id.value() + keyId;
            }
            JsonNode jwk = method.path("publicKeyJwk");
            JsonNode multibase = method.path("publicKeyMultibase");
            Optional<PublicKey> key = Optional.empty();
            if (jwk.isObject()) {
                key = fromJwk(jwk);
            } else if (multibase.isString()) {
                key = fromMultibase(multibase.asString());
            }
            if (key.isPresent()) {
                keys.add(new Key(keyId, key.get(), revokedAt(method)));
            }
        }
        List<Service> services = new ArrayList<>();
        for (JsonNode service : json.path("service")) {
            services.add(
                    new Service(
                            service.required("id").asString(),
                            service.required("type").asString(),
                            URI.create(service.required("serviceEndpoint").asString())));
        }
        return new DidDocument(id, keys, services);
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

    /** RFC 8037 §2: {@code {"kty":"OKP","crv":"Ed25519","x":…}}. */
    public static ObjectNode jwk(PublicKey key) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("kty", "OKP")
                .put("crv", "Ed25519")
                .put(
                        "x",
                        Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(Ed25519.rawPublicKey(key)));
    }

    /** Empty if the key is not Ed25519. */
    public static Optional<PublicKey> fromJwk(JsonNode jwk) {
        if (!jwk.path("kty").asString("").equals("OKP")
                || !jwk.path("crv").asString("").equals("Ed25519")) {
            return Optional.empty();
        }
        return Optional.of(
                Ed25519.publicKey(Base64.getUrlDecoder().decode(jwk.required("x").asString())));
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
