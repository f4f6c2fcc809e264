package org.roadloop.app.config;

import java.util.List;

/** Every fault of one configuration file, each with path, line and the way to mend it. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final List<String> faults;

    ConfigException(List<String> faults) {
        super(String.join("\n", faults));
        this.faults = List.copyOf(faults);
    }

    /** {@code file:line: what; how to fix}, in the order of the file. */
    public List<String> faults() {
        return faults;
    }
}
