package org.roadloop.dataspace.dcp;

import java.util.Optional;

/**
 * What may be seen of a holder's credentials (授权范围), DCP 1.0.1 §5.4.1.2: all of a type, or one by
 * id. Only reading is known here; {@code :read} at the end, as older software writes, is the same.
 */
sealed interface Scope {
    String TYPE = "org.eclipse.dspace.dcp.vc.type:";
    String ID = "org.eclipse.dspace.dcp.vc.id:";

    /** All credentials of a type. */
    record OfType(String type) implements Scope {
        @Override
        public boolean covers(VerifiableCredential credential) {
            return credential.types().contains(type);
        }

        @Override
        public String toString() {
            return TYPE + type;
        }
    }

    /** One credential. */
    record OfId(String id) implements Scope {
        @Override
        public boolean covers(VerifiableCredential credential) {
            return credential.id().equals(id);
        }

        @Override
        public String toString() {
            return ID + id;
        }
    }

    boolean covers(VerifiableCredential credential);

    /** Empty if the alias is not known. */
    static Optional<Scope> parse(String text) {
        String bare = text.endsWith(":read") ? text.substring(0, text.length() - 5) : text;
        if (bare.startsWith(TYPE) && bare.length() > TYPE.length()) {
            return Optional.of(new OfType(bare.substring(TYPE.length())));
        }
        if (bare.startsWith(ID) && bare.length() > ID.length()) {
            return Optional.of(new OfId(bare.substring(ID.length())));
        }
        return Optional.empty();
    }
}
