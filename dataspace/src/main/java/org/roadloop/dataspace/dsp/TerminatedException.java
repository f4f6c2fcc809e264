package org.roadloop.dataspace.dsp;

import java.util.List;
import org.roadloop.core.contract.Role;

/** What was waited for was terminated; says by whom and why. */
public final class TerminatedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final Role by;
    private final String code;

    TerminatedException(String what, Role by, String code, List<String> reasons) {
        super(
                what
                        + " was terminated by the "
                        + by.term()
                        + ": "
                        + code
                        + (reasons.isEmpty() ? "" : " (" + String.join("; ", reasons) + ")"));
        this.by = by;
        this.code = code;
    }

    public Role by() {
        return by;
    }

    public String code() {
        return code;
    }
}
