package org.roadloop.collect.jt808;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names, units and types of the parameters (终端参数); JT/T 808-2013 §8.9, table 12. */
final class ParameterName {
    /** In place of a length: the value is text. */
    static final int TEXT = -1;

    /** In place of a length: not known. */
    static final int UNKNOWN = -2;

    /** Id, type (D DWORD, W WORD, B BYTE, S STRING, X bytes) and name. */
    private static final String TABLE =
            """
            0001 D heartbeatSeconds
            0002 D tcpAnswerTimeoutSeconds
            0003 D tcpRepeats
            0004 D udpAnswerTimeoutSeconds
            0005 D udpRepeats
            0006 D smsAnswerTimeoutSeconds
            0007 D smsRepeats
            0010 S mainApn
            0011 S mainUser
            0012 S mainPassword
            0013 S mainServer
            0014 S spareApn
            0015 S spareUser
            0016 S sparePassword
            0017 S spareServer
            0018 D tcpPort
            0019 D udpPort
            001A S icCardServer
            001B D icCardTcpPort
            001C D icCardUdpPort
            001D S icCardSpareServer
            0020 D reportPolicy
            0021 D reportScheme
            0022 D notLoggedInReportSeconds
            0027 D sleepReportSeconds
            0028 D emergencyReportSeconds
            0029 D defaultReportSeconds
            002C D defaultReportM
            002D D notLoggedInReportM
            002E D sleepReportM
            002F D emergencyReportM
            0030 D turningAngleDegrees
            0031 W fenceRadiusM
            0040 S platformPhone
            0041 S resetPhone
            0042 S factoryResetPhone
            0043 S platformSmsPhone
            0044 S alarmSmsPhone
            0045 D answeringPolicy
            0046 D longestCallSeconds
            0047 D longestCallMonthSeconds
            0048 S monitoringPhone
            0049 S privilegedSmsPhone
            0050 D alarmMaskFlags
            0051 D alarmSmsFlags
            0052 D alarmPhotoFlags
            0053 D alarmPhotoStorageFlags
            0054 D keyAlarmFlags
            0055 D topSpeedKmh
            0056 D overSpeedSeconds
            0057 D longestDriveSeconds
            0058 D longestDayDriveSeconds
            0059 D leastRestSeconds
            005A D longestParkingSeconds
            005B W overSpeedWarningTenthsKmh
            005C W fatigueWarningSeconds
            005D W collision
            005E W rollOverDegrees
            0064 D timedPhotos
            0065 D distancePhotos
            0070 D imageQuality
            0071 D brightness
            0072 D contrast
            0073 D saturation
            0074 D chroma
            0080 D odometerTenthsKm
            0081 W province
            0082 W city
            0083 S plate
            0084 B plateColour
            0090 B gnssModes
            0091 B gnssBaudRate
            0092 B gnssOutputRate
            0093 D gnssSamplingSeconds
            0094 B gnssUploadMode
            0095 D gnssUploadSetting
            0100 D can1SamplingMs
            0101 W can1UploadSeconds
            0102 D can2SamplingMs
            0103 W can2UploadSeconds
            0110 X canIdSampling
            """;

    private record Entry(String name, int numberBytes) {}

    private static final Map<Long, Entry> BY_ID = new HashMap<>();

    static {
        TABLE.lines()
                .map(line -> line.split(" "))
                .forEach(
                        field ->
                                BY_ID.put(
                                        Long.parseLong(field[0], 16),
                                        new Entry(field[2], numberBytes(field[1]))));
    }

    private ParameterName() {}

    static @Nullable String find(long id) {
        Entry entry = BY_ID.get(id);
        return entry == null ? null : entry.name();
    }

    /** 1, 2 or 4; {@link #TEXT}; {@link #UNKNOWN}. */
    static int numberBytes(long id) {
        Entry entry = BY_ID.get(id);
        return entry == null ? UNKNOWN : entry.numberBytes();
    }

    private static int numberBytes(String type) {
        return switch (type) {
            case "D" -> 4;
            case "W" -> 2;
            case "B" -> 1;
            case "S" -> TEXT;
            default -> UNKNOWN;
        };
    }
}
