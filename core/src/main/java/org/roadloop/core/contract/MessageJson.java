package org.roadloop.core.contract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.roadloop.core.contract.Message.ContractAgreementMessage;
import org.roadloop.core.contract.Message.ContractAgreementVerificationMessage;
import org.roadloop.core.contract.Message.ContractNegotiationEventMessage;
import org.roadloop.core.contract.Message.ContractNegotiationTerminationMessage;
import org.roadloop.core.contract.Message.ContractOfferMessage;
import org.roadloop.core.contract.Message.ContractRequestMessage;
import org.roadloop.core.contract.Message.EventType;
import org.roadloop.core.contract.Message.TransferCompletionMessage;
import org.roadloop.core.contract.Message.TransferRequestMessage;
import org.roadloop.core.contract.Message.TransferStartMessage;
import org.roadloop.core.contract.Message.TransferSuspensionMessage;
import org.roadloop.core.contract.Message.TransferTerminationMessage;
import org.roadloop.core.policy.MemberException;
import org.roadloop.core.policy.Policy;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages as JSON: the compact form of DSP 2025-1 under its fixed context. Reading is strict: a
 * member that is missing, of the wrong kind or unknown is an error that points at it; members with
 * a prefix, or of a further context, are passed over.
 */
public final class MessageJson {
    public static final String CONTEXT = "https://w3id.org/dspace/2025/1/context.jsonld";

    /** Member for a signature over the agreement: a compact JWS. */
    public static final String SIGNATURE = "roadloop:signature";

    /** Eclipse EDC writes names of endpoint properties as whole IRIs, the endpoint among them. */
    private static final String EDC_TERMS = "https://w3id.org/edc/v0.0.1/ns/";

    private static final int MAX_REASONS = 32;
    private static final int MAX_ID_CHARS = 256;
    private static final List<String> PIDS = List.of("providerPid", "consumerPid");

    private MessageJson() {}

    /** An object with {@code @context} and {@code @type}. */
    public static ObjectNode envelope(String type) {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.putArray("@context").add(CONTEXT);
        json.put("@type", type);
        return json;
    }

    public static ObjectNode write(Message message) {
        return write(message, "");
    }

    /**
     * @param id {@code @id} of the message, or empty
     */
    public static ObjectNode write(Message message, String id) {
        ObjectNode json = envelope(message.type());
        if (!id.isEmpty()) {
            json.put("@id", id);
        }
        if (!message.providerPid().isEmpty()) {
            json.put("providerPid", message.providerPid());
        }
        if (!message.consumerPid().isEmpty()) {
            json.put("consumerPid", message.consumerPid());
        }
        switch (message) {
            case ContractRequestMessage m -> offer(json, m.offer(), m.callbackAddress());
            case ContractOfferMessage m -> offer(json, m.offer(), m.callbackAddress());
            case ContractAgreementMessage m -> {
                json.set("agreement", m.agreement().document());
                if (!m.agreement().providerSignature().isEmpty()) {
                    json.put(SIGNATURE, m.agreement().providerSignature());
                }
            }
            case ContractAgreementVerificationMessage m -> {
                if (!m.signature().isEmpty()) {
                    json.put(SIGNATURE, m.signature());
                }
            }
            case ContractNegotiationEventMessage m -> json.put("eventType", m.eventType().name());
            case ContractNegotiationTerminationMessage m -> code(json, m.code(), m.reason());
            case TransferRequestMessage m -> {
                json.put("agreementId", m.agreementId()).put("format", m.format());
                address(json, m.dataAddress());
                json.put("callbackAddress", m.callbackAddress());
            }
            case TransferStartMessage m -> address(json, m.dataAddress());
            case TransferCompletionMessage m -> {}
            case TransferSuspensionMessage m -> code(json, m.code(), m.reason());
            case TransferTerminationMessage m -> code(json, m.code(), m.reason());
        }
        return json;
    }

    private static void offer(ObjectNode json, Policy offer, String callbackAddress) {
        json.set("offer", offer.toJson());
        if (!callbackAddress.isEmpty()) {
            json.put("callbackAddress", callbackAddress);
        }
    }

    private static void code(ObjectNode json, String code, List<String> reason) {
        if (!code.isEmpty()) {
            json.put("code", code);
        }
        if (!reason.isEmpty()) {
            ArrayNode reasons = json.putArray("reason");
            reason.forEach(reasons::add);
        }
    }

    private static void address(ObjectNode json, @Nullable DataAddress address) {
        if (address == null) {
            return;
        }
        ObjectNode node = json.putObject("dataAddress");
        node.put("@type", "DataAddress").put("endpointType", address.endpointType());
        if (!address.endpoint().isEmpty()) {
            node.put("endpoint", address.endpoint());
        }
        if (!address.properties().isEmpty()) {
            ArrayNode properties = node.putArray("endpointProperties");
            address.properties()
                    .forEach(
                            (name, value) ->
                                    properties
                                            .addObject()
                                            .put("@type", "EndpointProperty")
                                            .put("name", name)
                                            .put("value", value));
        }
    }

    /**
     * Reads a message that must be of one type.
     *
     * @throws MemberException that points at the first member that is wrong
     */
    public static <M extends Message> M read(JsonNode json, Class<M> type) {
        Message message = read(json);
        if (!type.isInstance(message)) {
            throw new MemberException(
                    "/@type",
                    "a " + type.getSimpleName() + " is expected, not a " + message.type());
        }
        return type.cast(message);
    }

    public static Message read(JsonNode json) {
        checkContext(json);
        String type = text(json, "@type", "");
        for (String pid : PIDS) {
            if (json.path(pid).asString("").length() > MAX_ID_CHARS) {
                throw new MemberException(
                        "/" + pid, "has more than " + MAX_ID_CHARS + " characters");
            }
        }
        return switch (type) {
            case "ContractRequestMessage" -> {
                members(json, "providerPid", "consumerPid", "offer", "callbackAddress");
                exactlyOne(json, "callbackAddress", "providerPid");
                yield new ContractRequestMessage(
                        optional(json, "providerPid"),
                        text(json, "consumerPid", ""),
                        offer(json),
                        callback(json, "callbackAddress"));
            }
            case "ContractOfferMessage" -> {
                members(json, "providerPid", "consumerPid", "offer", "callbackAddress");
                exactlyOne(json, "callbackAddress", "consumerPid");
                yield new ContractOfferMessage(
                        text(json, "providerPid", ""),
                        optional(json, "consumerPid"),
                        offer(json),
                        callback(json, "callbackAddress"));
            }
            case "ContractAgreementMessage" -> {
                members(
                        json,
                        "providerPid",
                        "consumerPid",
                        "agreement",
                        "timestamp",
                        "callbackAddress");
                if (!json.has("agreement")) {
                    throw new MemberException("/agreement", "is missing");
                }
                yield new ContractAgreementMessage(
                        text(json, "providerPid", ""),
                        text(json, "consumerPid", ""),
                        Agreement.fromJson(json.get("agreement"), "/agreement")
                                .withProviderSignature(optional(json, SIGNATURE)));
            }
            case "ContractAgreementVerificationMessage" -> {
                members(json, "providerPid", "consumerPid");
                yield new ContractAgreementVerificationMessage(
                        text(json, "providerPid", ""),
                        text(json, "consumerPid", ""),
                        optional(json, SIGNATURE));
            }
            case "ContractNegotiationEventMessage" -> {
                members(json, "providerPid", "consumerPid", "eventType");
                yield new ContractNegotiationEventMessage(
                        text(json, "providerPid", ""), text(json, "consumerPid", ""), event(json));
            }
            case "ContractNegotiationTerminationMessage" -> {
                members(json, "providerPid", "consumerPid", "code", "reason");
                yield new ContractNegotiationTerminationMessage(
                        text(json, "providerPid", ""),
                        text(json, "consumerPid", ""),
                        optional(json, "code"),
                        reasons(json));
            }
            case "TransferRequestMessage" -> {
                members(
                        json,
                        "consumerPid",
                        "agreementId",
                        "format",
                        "dataAddress",
                        "callbackAddress");
                text(json, "callbackAddress", "");
                yield new TransferRequestMessage(
                        text(json, "consumerPid", ""),
                        text(json, "agreementId", ""),
                        text(json, "format", ""),
                        address(json),
                        callback(json, "callbackAddress"));
            }
            case "TransferStartMessage" -> {
                members(json, "providerPid", "consumerPid", "dataAddress");
                yield new TransferStartMessage(
                        text(json, "providerPid", ""),
                        text(json, "consumerPid", ""),
                        address(json));
            }
            case "TransferCompletionMessage" -> {
                members(json, "providerPid", "consumerPid");
                yield new TransferCompletionMessage(
                        text(json, "providerPid", ""), text(json, "consumerPid", ""));
            }
            case "TransferSuspensionMessage" -> {
                members(json, "providerPid", "consumerPid", "code", "reason");
                yield new TransferSuspensionMessage(
                        text(json, "providerPid", ""),
                        text(json, "consumerPid", ""),
                        optional(json, "code"),
                        reasons(json));
            }
            case "TransferTerminationMessage" -> {
                members(json, "providerPid", "consumerPid", "code", "reason");
                yield new TransferTerminationMessage(
                        text(json, "providerPid", ""),
                        text(json, "consumerPid", ""),
                        optional(json, "code"),
                        reasons(json));
            }
            default -> throw new MemberException("/@type", "'" + type + "' is no message type");
        };
    }

    /** The {@code @id} of a message; empty if it has none. */
    public static String id(JsonNode json) {
        String id = optional(json, "@id");
        if (id.length() > MAX_ID_CHARS) {
            throw new MemberException("/@id", "has more than " + MAX_ID_CHARS + " characters");
        }
        return id;
    }

    /** The context is an array that has the one of DSP 2025-1. */
    public static void checkContext(JsonNode json) {
        if (!json.isObject()) {
            throw new MemberException("", "a JSON object is expected");
        }
        JsonNode context = json.path("@context");
        if (context.isArray()) {
            for (JsonNode entry : context) {
                if (entry.isString() && entry.asString().equals(CONTEXT)) {
                    return;
                }
            }
        }
        throw new MemberException("/@context", "an array with \"" + CONTEXT + "\" is expected");
    }

    private static Policy offer(JsonNode json) {
        if (!json.has("offer")) {
            throw new MemberException("/offer", "is missing");
        }
        Policy offer = Policy.fromJson(json.get("offer"), "/offer");
        if (offer.kind() != Policy.Kind.OFFER) {
            throw new MemberException("/offer/@type", "an Offer is expected");
        }
        if (offer.target() == null) {
            throw new MemberException("/offer/target", "is missing");
        }
        return offer;
    }

    private static EventType event(JsonNode json) {
        String type = text(json, "eventType", "");
        return switch (type) {
            case "ACCEPTED" -> EventType.ACCEPTED;
            case "FINALIZED" -> EventType.FINALIZED;
            default ->
                    throw new MemberException(
                            "/eventType", "'" + type + "' is neither ACCEPTED nor FINALIZED");
        };
    }

    private static List<String> reasons(JsonNode json) {
        JsonNode reason = json.path("reason");
        if (reason.isMissingNode()) {
            return List.of();
        }
        if (!reason.isArray() || reason.isEmpty() || reason.size() > MAX_REASONS) {
            throw new MemberException("/reason", "an array of 1.." + MAX_REASONS + " is expected");
        }
        List<String> reasons = new ArrayList<>();
        for (JsonNode entry : reason) {
            JsonNode text = entry.isObject() && entry.has("@value") ? entry.get("@value") : entry;
            reasons.add(text.isString() ? text.asString() : text.toString());
        }
        return reasons;
    }

    private static @Nullable DataAddress address(JsonNode json) {
        JsonNode address = json.path("dataAddress");
        if (address.isMissingNode()) {
            return null;
        }
        String at = "/dataAddress";
        if (!address.isObject()) {
            throw new MemberException(at, "an object is expected");
        }
        if (!text(address, "@type", at).equals("DataAddress")) {
            throw new MemberException(at + "/@type", "a DataAddress is expected");
        }
        Map<String, String> properties = new LinkedHashMap<>();
        int i = 0;
        JsonNode listed = address.path("endpointProperties");
        if (!listed.isMissingNode() && !listed.isArray()) {
            throw new MemberException(at + "/endpointProperties", "an array is expected");
        }
        for (JsonNode property : listed) {
            String here = at + "/endpointProperties/" + i++;
            String name = text(property, "name", here);
            properties.put(
                    name.startsWith(EDC_TERMS) ? name.substring(EDC_TERMS.length()) : name,
                    text(property, "value", here));
        }
        String endpoint = address.has("endpoint") ? text(address, "endpoint", at) : "";
        if (endpoint.isEmpty() && properties.containsKey("endpoint")) {
            endpoint = properties.remove("endpoint");
        }
        return new DataAddress(text(address, "endpointType", at), endpoint, properties);
    }

    private static String callback(JsonNode json, String name) {
        String address = optional(json, name);
        if (!address.isEmpty()
                && !address.startsWith("http://")
                && !address.startsWith("https://")) {
            throw new MemberException("/" + name, "an http or https URL is expected");
        }
        return address;
    }

    private static void exactlyOne(JsonNode json, String first, String second) {
        if (json.has(first) == json.has(second)) {
            throw new MemberException(
                    "/" + first,
                    json.has(first)
                            ? "stands beside " + second + "; exactly one of them is expected"
                            : "is missing, and so is " + second);
        }
    }

    private static void members(JsonNode json, String... known) {
        if (json.path("@context").size() > 1) {
            return; // terms of a context that is not the protocol's: theirs
        }
        Set<String> names = Set.of(known);
        json.properties()
                .forEach(
                        member -> {
                            String name = member.getKey();
                            if (!names.contains(name)
                                    && !name.equals("@context")
                                    && !name.equals("@type")
                                    && !name.equals("@id")
                                    && name.indexOf(':') < 1) {
                                throw new MemberException(
                                        "/" + name,
                                        "is not known here; known are "
                                                + String.join(
                                                        ", ", names.stream().sorted().toList()));
                            }
                        });
    }

    private static String optional(JsonNode json, String name) {
        return json.has(name) ? text(json, name, "") : "";
    }

    private static String text(JsonNode json, String name, String at) {
        JsonNode value = json.path(name);
        if (value.isMissingNode()) {
            throw new MemberException(at + "/" + name, "is missing");
        }
        if (!value.isString() || value.asString().isBlank()) {
            throw new MemberException(at + "/" + name, "a text is expected");
        }
        return value.asString();
    }
}
