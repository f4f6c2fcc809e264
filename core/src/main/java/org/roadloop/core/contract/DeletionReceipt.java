package org.roadloop.core.contract;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.roadloop.core.ledger.Jcs;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a consumer says, and signs, about the deletion of what it was given (删除回执). It speaks of
 * what the consumer's platform kept; rows that it handed to its users are theirs to delete.
 *
 * @param duty id of the duty that asked for it
 * @param by DID of who deleted
 * @param files that were deleted and found gone; none if nothing was kept
 */
public record DeletionReceipt(
        String agreement,
        String asset,
        String duty,
        Instant deletedAt,
        String by,
        List<DeletedFile> files) {
    /** Of a JWS over a receipt. */
    public static final String TYPE = "roadloop-deletion+jws";

    public DeletionReceipt {
        files = List.copyOf(files);
    }

    /**
     * @param sha256 lower-case hex
     * @param whole as the provider sent it; false for what came before a line broke
     */
    public record DeletedFile(String sha256, long dataBytes, boolean whole) {
        public DeletedFile {
            if (!sha256.matches("[0-9a-f]{64}") || dataBytes < 0) {
                throw new IllegalArgumentException(
                        "a deleted file has a SHA-256 of 64 hex digits and a size, not '"
                                + sha256
                                + "' and "
                                + dataBytes);
            }
        }
    }

    public ObjectNode toJson() {
        ObjectNode json = JsonMapper.shared().createObjectNode();
        json.put("agreement", agreement).put("asset", asset).put("duty", duty);
        json.put("deletedAt", deletedAt.toString()).put("by", by);
        json.set("files", write(files));
        return json;
    }

    public static ArrayNode write(List<DeletedFile> files) {
        ArrayNode array = JsonMapper.shared().createArrayNode();
        for (DeletedFile file : files) {
            array.addObject()
                    .put("sha256", file.sha256())
                    .put("dataBytes", file.dataBytes())
                    .put("whole", file.whole());
        }
        return array;
    }

    public static List<DeletedFile> files(JsonNode array) {
        List<DeletedFile> files = new ArrayList<>();
        array.forEach(
                file ->
                        files.add(
                                new DeletedFile(
                                        file.required("sha256").asString(),
                                        file.required("dataBytes").asLong(),
                                        file.required("whole").asBoolean())));
        return files;
    }

    /**
     * @throws RuntimeException if a member is missing or wrong
     */
    public static DeletionReceipt fromJson(JsonNode json) {
        return new DeletionReceipt(
                json.required("agreement").asString(),
                json.required("asset").asString(),
                json.required("duty").asString(),
                Instant.parse(json.required("deletedAt").asString()),
                json.required("by").asString(),
                files(json.required("files")));
    }

    /** What is signed: JCS (RFC 8785). */
    public byte[] signedBytes() {
        return Jcs.bytes(toJson());
    }
}
