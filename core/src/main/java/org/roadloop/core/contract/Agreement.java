package org.roadloop.core.contract;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import org.roadloop.core.asset.AssetJson;
import org.roadloop.core.asset.Offer;
import org.roadloop.core.clearing.Tariff;
import org.roadloop.core.ledger.Jcs;
import org.roadloop.core.policy.MemberException;
import org.roadloop.core.policy.Policy;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The contract both sides hold (数字合约). What counts is {@link #canonical}: the JCS text (RFC 8785)
 * of the agreement as the provider sent it, byte for byte the same on both sides; the other
 * components are read from it.
 *
 * @param provider DID, the policy's assigner
 * @param consumer DID, the policy's assignee
 * @param asset id, the policy's target
 * @param providerSignature compact JWS over the canonical bytes; empty until given
 * @param consumerSignature likewise
 */
public record Agreement(
        String id,
        String provider,
        String consumer,
        String asset,
        Policy policy,
        Tariff tariff,
        Instant agreedAt,
        String canonical,
        String providerSignature,
        String consumerSignature) {

    /** A new contract on the terms of an offer. */
    public static Agreement conclude(
            String id, String provider, String consumer, Policy offer, Instant now) {
        String target = offer.target();
        if (target == null) {
            throw new IllegalArgumentException("offer " + offer.uid() + " has no target");
        }
        ObjectNode json = offer.agreed(id, provider, consumer, target).toJson();
        json.put("timestamp", now.truncatedTo(ChronoUnit.MILLIS).toString());
        return fromJson(json, "");
    }

    /**
     * @param pointer where the agreement stands, for {@link MemberException}
     */
    public static Agreement fromJson(JsonNode json, String pointer) {
        Policy policy = Policy.fromJson(json, pointer);
        String provider = policy.assigner();
        String consumer = policy.assignee();
        String target = policy.target();
        if (policy.kind() != Policy.Kind.AGREEMENT
                || provider == null
                || consumer == null
                || target == null) {
            throw new MemberException(pointer + "/@type", "an Agreement is expected");
        }
        JsonNode tariff = policy.extensions().get(Offer.TARIFF);
        return new Agreement(
                policy.uid(),
                provider,
                consumer,
                target,
                policy,
                tariff == null
                        ? Tariff.FREE
                        : AssetJson.readTariff(tariff, pointer + "/" + Offer.TARIFF),
                timestamp(json, pointer),
                canonical(json, pointer),
                "",
                "");
    }

    private static Instant timestamp(JsonNode json, String pointer) {
        JsonNode timestamp = json.path("timestamp");
        if (timestamp.isMissingNode()) {
            return Instant.EPOCH;
        }
        try {
            return OffsetDateTime.parse(timestamp.asString("")).toInstant();
        } catch (DateTimeException e) {
            throw new MemberException(pointer + "/timestamp", "is no xsd:dateTime with offset");
        }
    }

    /** RFC 8785 text. */
    private static String canonical(JsonNode json, String pointer) {
        try {
            return Jcs.text(json);
        } catch (IllegalArgumentException e) {
            throw new MemberException(pointer, "has no canonical form: " + e.getMessage());
        }
    }

    public byte[] canonicalBytes() {
        return canonical.getBytes(StandardCharsets.UTF_8);
    }

    /** The agreement object, without signatures. */
    public ObjectNode document() {
        return (ObjectNode) JsonMapper.shared().readTree(canonical);
    }

    /** Lower-case hex of the SHA-256 of the canonical bytes: the same on both sides. */
    public String hash() {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(canonicalBytes()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256", e);
        }
    }

    public Agreement withProviderSignature(String jws) {
        return new Agreement(
                id,
                provider,
                consumer,
                asset,
                policy,
                tariff,
                agreedAt,
                canonical,
                jws,
                consumerSignature);
    }

    public Agreement withConsumerSignature(String jws) {
        return new Agreement(
                id,
                provider,
                consumer,
                asset,
                policy,
                tariff,
                agreedAt,
                canonical,
                providerSignature,
                jws);
    }
}
