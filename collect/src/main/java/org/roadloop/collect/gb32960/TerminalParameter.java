package org.roadloop.collect.gb32960;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A parameter of a terminal (车载终端参数), asked for by {@link ParameterQuery} and set by {@link
 * ParameterSetting}; GB/T 32960.3-2016 annex B, table B.12; GB/T 32960.3-2025 annex B, table B.8.
 * Two of them have another width and range in each edition. A name's length is a parameter of its
 * own, which comes before the name.
 */
public enum TerminalParameter {
    STORAGE_PERIOD(0x01, Field.ofWord("storagePeriodMillis", 0, 0, 60_000)),
    REPORTING_PERIOD(
            0x02,
            Field.ofWord("reportingPeriodSeconds", 0, 1, 600),
            Field.ofByte("reportingPeriodSeconds", 0, 1, 30)),

    /** Milliseconds in 2016, seconds in 2025. */
    ALARM_REPORTING_PERIOD(
            0x03,
            Field.ofWord("alarmReportingPeriodMillis", 0, 0, 60_000),
            Field.ofByte("alarmReportingPeriodSeconds", 0, 0, 1)),
    PLATFORM_NAME_BYTES(0x04, Field.ofByte("platformNameBytes", 0, 0, 255)),
    PLATFORM_NAME(0x05, "platformName", PLATFORM_NAME_BYTES),
    PLATFORM_PORT(0x06, Field.ofWord("platformPort", 0, 0, 65_531)),
    HARDWARE_VERSION(0x07, "hardwareVersion", 5),
    FIRMWARE_VERSION(0x08, "firmwareVersion", 5),
    HEARTBEAT_PERIOD(0x09, Field.ofByte("heartbeatPeriodSeconds", 0, 1, 240)),
    TERMINAL_ANSWER_TIMEOUT(0x0A, Field.ofWord("terminalAnswerTimeoutSeconds", 0, 1, 600)),
    PLATFORM_ANSWER_TIMEOUT(0x0B, Field.ofWord("platformAnswerTimeoutSeconds", 0, 1, 600)),

    /** After three logins that failed. */
    LOGIN_PAUSE(0x0C, Field.ofByte("loginPauseMinutes", 0, 1, 240)),
    PUBLIC_PLATFORM_NAME_BYTES(0x0D, Field.ofByte("publicPlatformNameBytes", 0, 0, 255)),
    PUBLIC_PLATFORM_NAME(0x0E, "publicPlatformName", PUBLIC_PLATFORM_NAME_BYTES),
    PUBLIC_PLATFORM_PORT(0x0F, Field.ofWord("publicPlatformPort", 0, 0, 65_531)),
    SAMPLING(0x10, Field.ofState("sampling", 0, "yes", "no"));

    private static final TerminalParameter[] ALL = values();

    private final int id;
    private final String label;
    private final @Nullable Field field2016;
    private final @Nullable Field field2025;
    private final @Nullable TerminalParameter lengthIn;
    private final int textBytes;

    TerminalParameter(int id, Field field) {
        this(id, field, field);
    }

    TerminalParameter(int id, Field field2016, Field field2025) {
        this.id = id;
        this.label = field2025.name();
        this.field2016 = field2016;
        this.field2025 = field2025;
        lengthIn = null;
        textBytes = 0;
    }

    TerminalParameter(int id, String label, TerminalParameter lengthIn) {
        this.id = id;
        this.label = label;
        field2016 = null;
        field2025 = null;
        this.lengthIn = lengthIn;
        textBytes = 0;
    }

    TerminalParameter(int id, String label, int textBytes) {
        this.id = id;
        this.label = label;
        field2016 = null;
        field2025 = null;
        lengthIn = null;
        this.textBytes = textBytes;
    }

    public int id() {
        return id;
    }

    /** The parameter of an id; empty for a reserved one and for those that users define. */
    public static Optional<TerminalParameter> find(int id) {
        return id >= 1 && id <= ALL.length ? Optional.of(ALL[id - 1]) : Optional.empty();
    }

    /** How a number is sent, its place at 0; empty for a text. */
    public Optional<Field> field(Edition edition) {
        return Optional.ofNullable(edition == Edition.V2025 ? field2025 : field2016);
    }

    /** The name it is printed under. */
    public String label(Edition edition) {
        return field(edition).map(Field::name).orElse(label);
    }

    /** Bytes of a text of fixed length; 0 for others. */
    public int textBytes() {
        return textBytes;
    }

    /** The parameter that says how long this text is. */
    public Optional<TerminalParameter> lengthIn() {
        return Optional.ofNullable(lengthIn);
    }
}
