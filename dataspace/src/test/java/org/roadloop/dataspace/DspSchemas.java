package org.roadloop.dataspace;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The published JSON Schemas of DSP 2025-1, by {@code @type} of what they describe. */
final class DspSchemas {
    static final Path FOLDER =
            Path.of(System.getProperty("roadloop.root", "."))
                    .resolve("../shared/data/dsp")
                    .normalize();
    static final String BASE = "https://w3id.org/dspace/2025/1/";

    private static final Map<String, String> BY_TYPE =
            Map.ofEntries(
                    Map.entry("CatalogRequestMessage", "catalog/catalog-request-message-schema"),
                    Map.entry("Catalog", "catalog/catalog-schema"),
                    Map.entry("Dataset", "catalog/dataset-schema"),
                    Map.entry("CatalogError", "catalog/catalog-error-schema"),
                    Map.entry(
                            "ContractRequestMessage",
                            "negotiation/contract-request-message-schema"),
                    Map.entry("ContractOfferMessage", "negotiation/contract-offer-message-schema"),
                    Map.entry(
                            "ContractAgreementMessage",
                            "negotiation/contract-agreement-message-schema"),
                    Map.entry(
                            "ContractAgreementVerificationMessage",
                            "negotiation/contract-agreement-verification-message-schema"),
                    Map.entry(
                            "ContractNegotiationEventMessage",
                            "negotiation/contract-negotiation-event-message-schema"),
                    Map.entry(
                            "ContractNegotiationTerminationMessage",
                            "negotiation/contract-negotiation-termination-message-schema"),
                    Map.entry("ContractNegotiation", "negotiation/contract-negotiation-schema"),
                    Map.entry(
                            "ContractNegotiationError",
                            "negotiation/contract-negotiation-error-schema"),
                    Map.entry("TransferRequestMessage", "transfer/transfer-request-message-schema"),
                    Map.entry("TransferStartMessage", "transfer/transfer-start-message-schema"),
                    Map.entry(
                            "TransferCompletionMessage",
                            "transfer/transfer-completion-message-schema"),
                    Map.entry(
                            "TransferSuspensionMessage",
                            "transfer/transfer-suspension-message-schema"),
                    Map.entry(
                            "TransferTerminationMessage",
                            "transfer/transfer-termination-message-schema"),
                    Map.entry("TransferProcess", "transfer/transfer-process-schema"),
                    Map.entry("TransferError", "transfer/transfer-error-schema"));

    private final SchemaRegistry registry;

    DspSchemas() throws IOException {
        Map<String, String> texts = new HashMap<>();
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.filter(f -> f.toString().endsWith("-schema.json")).toList()) {
                String text = Files.readString(file);
                // a slip in the published file: a fragment that is no JSON pointer
                text =
                        text.replace(
                                "transfer-schema.json#definitions",
                                "transfer-schema.json#/definitions");
                texts.put(JsonMapper.shared().readTree(text).get("$id").asString(), text);
            }
        }
        registry =
                SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_2019_09, b -> b.schemas(texts));
    }

    /** What is wrong with a typed message; empty if nothing is. */
    List<String> errors(JsonNode message) {
        String type = message.path("@type").asString("");
        String name = BY_TYPE.get(type);
        if (name == null) {
            return List.of("no schema for '" + type + "'");
        }
        return errors(message, name);
    }

    List<String> errors(JsonNode message, String name) {
        Schema schema = registry.getSchema(SchemaLocation.of(BASE + name + ".json"));
        return schema.validate(message).stream()
                .map(e -> name + " " + e.getInstanceLocation() + ": " + e.getMessage())
                .toList();
    }
}
