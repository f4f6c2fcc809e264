package org.roadloop.dataspace.dsp;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.roadloop.core.contract.MessageJson;
import org.roadloop.core.policy.MemberException;
import tools.jackson.databind.JsonNode;

/**
 * The one compact form of DSP 2025-1 (规范紧凑形式): under its fixed context, with its terms. What
 * JSON-LD also allows (a context as a text, {@code dspace:} and {@code odrl:} names, whole IRIs,
 * expanded objects) is turned into it by {@link JsonLdForm}, which nothing else loads. Any thread.
 */
final class CanonicalForm {
    private static final int AT_ONCE = 2;
    private static final Semaphore turning = new Semaphore(AT_ONCE);

    private CanonicalForm() {}

    /** Whether a message is in it, as far as names tell; a message of no context at all is. */
    static boolean has(JsonNode message) {
        JsonNode context = message.path("@context");
        if (context.isMissingNode()) {
            return true; // nothing says what its names mean: the reader points at that
        }
        return context.isArray() && names(context) && names(message);
    }

    private static boolean names(JsonNode node) {
        if (node.isObject()) {
            for (var member : node.properties()) {
                String name = member.getKey();
                if (name.startsWith("dspace:")
                        || name.startsWith("odrl:")
                        || name.startsWith("http:")
                        || name.startsWith("https:")
                        || !names(member.getValue())) {
                    return false;
                }
            }
        } else if (node.isArray()) {
            for (JsonNode element : node) {
                if (!names(element)) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Costs some milliseconds, so a few at a time.
     *
     * @throws MemberException if it can't be turned into it
     */
    static JsonNode of(JsonNode message) {
        try {
            if (!turning.tryAcquire(5, TimeUnit.SECONDS)) {
                throw new DspException(
                        503, "busy", "send the canonical form, under " + MessageJson.CONTEXT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DspException(503, "busy", "this connector is stopping");
        }
        try {
            return JsonLdForm.canonical(message);
        } finally {
            turning.release();
        }
    }
}
