package org.roadloop.core.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Tells from where JCS puts its keys whether a leaf is worth parsing (叶子形状). Pure functions; a leaf
 * of a shape not known here is worth it too. A leaf with a body names no payload.
 *
 * <pre>
 * {"actor":"…","at":"2026-11-22T01:02:03.004Z","body":…
 *                                             ^ 40 bytes after the actor's last quote
 * {"actor":"…","at":"2026-11-22T01:02:03.004Z","payload":{"hash":"…
 * …,"type":"ledger.erased","version":1}
 * </pre>
 */
final class LeafShape {
    private static final byte[] ACTOR = "{\"actor\":\"".getBytes(UTF_8);
    private static final byte[] BODY = ",\"body\":".getBytes(UTF_8);
    private static final byte[] AT = ",\"at\":\"".getBytes(UTF_8);
    private static final int AT_VALUE = "2026-11-22T01:02:03.004Z\"".length();
    private static final byte[] VERSION = "\",\"version\":".getBytes(UTF_8);
    private static final byte[] ERASED = Leaf.ERASED_EVENT.getBytes(UTF_8);

    /** Before "rotated", "revoked" or "replaced". */
    private static final byte[] KEY_EVENT = "ledger.key-".getBytes(UTF_8);

    private LeafShape() {}

    /** False only if the leaf has a body where JCS puts it. */
    static boolean mayNamePayload(byte[] bytes, int offset, int length) {
        int end = offset + length;
        if (!has(bytes, offset, end, ACTOR)) {
            return true;
        }
        int at = offset + ACTOR.length;
        while (at < end && bytes[at] != '"') {
            if (bytes[at] == '\\') {
                return true;
            }
            at++;
        }
        int afterActor = at + 1;
        return !has(bytes, afterActor, end, AT)
                || !has(bytes, afterActor + AT.length + AT_VALUE, end, BODY);
    }

    /** False only if the leaf ends with another type and a version of one digit. */
    static boolean mayErase(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int version = end - 2 - VERSION.length;
        if (version < offset || !has(bytes, version, end, VERSION)) {
            return true;
        }
        int type = version - ERASED.length;
        return type >= offset && has(bytes, type, end, ERASED);
    }

    /** False only if the leaf ends with another type and a version of one digit. */
    static boolean mayBeAboutKeys(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int version = end - 2 - VERSION.length;
        if (version < offset || !has(bytes, version, end, VERSION)) {
            return true;
        }
        int type = version - KEY_EVENT.length - "rotated".length();
        return (type >= offset && has(bytes, type, end, KEY_EVENT))
                || (type > offset && has(bytes, type - 1, end, KEY_EVENT));
    }

    private static boolean has(byte[] bytes, int at, int end, byte[] wanted) {
        return at + wanted.length <= end
                && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length);
    }
}
