package org.roadloop.core.ledger.witness;

/** What a witness says to a {@link Submission} (见证答复), C2SP tlog-witness. */
public sealed interface Answer {
    /** Media type of the answer 409. */
    String SIZE_TYPE = "text/x.tlog.size";

    /** HTTP status. */
    int status();

    /** Short and stable, for counters. */
    String name();

    /** Body of the answer, with its line ends. */
    String body();

    /**
     * On disk and cosigned.
     *
     * @param lines signature lines to put under the note
     */
    record Cosigned(String lines) implements Answer {
        @Override
        public int status() {
            return 200;
        }

        @Override
        public String name() {
            return "cosigned";
        }

        @Override
        public String body() {
            return lines;
        }
    }

    /**
     * The proof starts from another checkpoint than the one cosigned last.
     *
     * @param size of that one, 0 if there is none
     */
    record Conflict(long size) implements Answer {
        @Override
        public int status() {
            return 409;
        }

        @Override
        public String name() {
            return "conflict";
        }

        @Override
        public String body() {
            return size + "\n";
        }
    }

    /** The proof of a handover is on disk. */
    record Kept() implements Answer {
        @Override
        public int status() {
            return 200;
        }

        @Override
        public String name() {
            return "handover_kept";
        }

        @Override
        public String body() {
            return "";
        }
    }

    /** Not cosigned. */
    record Refused(int status, String name, String reason) implements Answer {
        @Override
        public String body() {
            return reason + "\n";
        }
    }

    static Refused malformed(String reason) {
        return new Refused(400, "malformed", reason);
    }

    static Refused unverified(String reason) {
        return new Refused(403, "unverified", reason);
    }

    static Refused unknownOrigin(String origin) {
        return new Refused(404, "unknown_origin", "log '" + origin + "' is not known here");
    }

    static Refused unproven(String reason) {
        return new Refused(422, "unproven", reason);
    }
}
