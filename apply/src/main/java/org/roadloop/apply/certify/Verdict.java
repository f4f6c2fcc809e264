package org.roadloop.apply.certify;

/** What a case says about the controller, seen beside the reference driver (判定). */
public enum Verdict {
    /** The reference avoids it and so does the controller. */
    PASS,
    /** The reference avoids it, the controller collides. */
    FAIL,
    /** The reference collides and so does the controller; compare the impact speeds. */
    MITIGATED,
    /** The reference collides, the controller avoids it. */
    BETTER;

    static Verdict of(boolean referenceCrashed, boolean crashed) {
        if (referenceCrashed) {
            return crashed ? MITIGATED : BETTER;
        }
        return crashed ? FAIL : PASS;
    }
}
