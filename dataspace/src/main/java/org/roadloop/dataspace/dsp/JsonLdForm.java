package org.roadloop.dataspace.dsp;

import com.apicatalog.jsonld.JsonLd;
import com.apicatalog.jsonld.JsonLdError;
import com.apicatalog.jsonld.JsonLdErrorCode;
import com.apicatalog.jsonld.document.Document;
import com.apicatalog.jsonld.document.JsonDocument;
import com.apicatalog.jsonld.loader.DocumentLoader;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.core.policy.MemberException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns a message in any JSON-LD form into the protocol's compact one (JSON-LD 规范化), by expansion
 * and compaction under its context (JSON-LD 1.1 API). Of contexts only the protocol's own two are
 * known, from files in here: nothing is fetched because a peer names it. Loads Titanium. Any
 * thread.
 */
final class JsonLdForm {
    private static final Map<String, Document> contexts =
            Map.of(
                    MessageJson.CONTEXT,
                    read("context.jsonld"),
                    "https://w3id.org/dspace/2025/1/odrl-profile.jsonld",
                    read("odrl-profile.jsonld"));

    private static final DocumentLoader loader =
            (url, options) -> {
                Document context = contexts.get(url.toString());
                if (context == null) {
                    throw new JsonLdError(
                            JsonLdErrorCode.LOADING_REMOTE_CONTEXT_FAILED,
                            "context " + url + " is not known here");
                }
                return context;
            };

    private JsonLdForm() {}

    private static Document read(String name) {
        try (InputStream in = JsonLdForm.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is missing");
            }
            return JsonDocument.of(in);
        } catch (JsonLdError e) {
            throw new IllegalStateException("resource " + name + " is no JSON", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * @throws MemberException points at the context if that is what is wrong, else at the message
     */
    static JsonNode canonical(JsonNode message) {
        try {
            Document document = JsonDocument.of(new StringReader(message.toString()));
            var expanded = JsonLd.expand(document).loader(loader).get();
            JsonObject compact =
                    JsonLd.compact(JsonDocument.of(expanded), URI.create(MessageJson.CONTEXT))
                            .loader(loader)
                            .get();
            ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(compact.toString());
            json.putArray("@context").add(MessageJson.CONTEXT);
            return json;
        } catch (JsonLdError e) {
            String pointer = e.getCode().name().contains("CONTEXT") ? "/@context" : "";
            throw new MemberException(pointer, "is no JSON-LD of the protocol: " + e.getMessage());
        }
    }
}
