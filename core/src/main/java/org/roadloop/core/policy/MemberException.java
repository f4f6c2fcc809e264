package org.roadloop.core.policy;

/** A JSON document from outside has a member that is missing, unknown or of the wrong kind. */
public final class MemberException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private final String pointer;

    /**
     * @param pointer RFC 6901 pointer to the member: {@code /offer/permission/0/action}
     */
    public MemberException(String pointer, String what) {
        super((pointer.isEmpty() ? "document" : pointer) + ": " + what);
        this.pointer = pointer;
    }

    public String pointer() {
        return pointer;
    }
}
