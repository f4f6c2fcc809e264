package org.roadloop.collect.gb32960.text;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.roadloop.collect.gb32960.Activation;
import org.roadloop.collect.gb32960.ActivationAnswer;
import org.roadloop.collect.gb32960.Edition;
import org.roadloop.collect.gb32960.Field;
import org.roadloop.collect.gb32960.Heartbeat;
import org.roadloop.collect.gb32960.KeyExchange;
import org.roadloop.collect.gb32960.ParameterQuery;
import org.roadloop.collect.gb32960.ParameterSetting;
import org.roadloop.collect.gb32960.PlatformLogin;
import org.roadloop.collect.gb32960.PlatformLogout;
import org.roadloop.collect.gb32960.RealTimeReport;
import org.roadloop.collect.gb32960.ReissuedReport;
import org.roadloop.collect.gb32960.TerminalControl;
import org.roadloop.collect.gb32960.TimeRequest;
import org.roadloop.collect.gb32960.VehicleLogin;
import org.roadloop.collect.gb32960.VehicleLogout;

/**
 * What the data unit of each message is made of (数据单元组成): table 3 and annex B, table B.2 of both
 * editions.
 *
 * @param answer how an answer differs, if it carries more than the time: of a query, the values
 */
record MessageBodies(int command, String name, Member body, Member answer) {
    /** How the five ciphers are called, here and in a platform's login; table 2. */
    static final Field ENCRYPTION =
            new Field(
                    "encryption",
                    0,
                    1,
                    1,
                    5,
                    0,
                    1,
                    List.of("none", "RSA", "AES-128", "SM2", "SM4"));

    private static final Field SERIAL = new Field("serial", 0, 2, 1, 65_531, 0, 1, List.of());
    private static final Field KEY_TYPE =
            new Field("keyType", 0, 1, 2, 5, 0, 1, List.of("RSA", "AES-128", "SM2", "SM4"));

    private static final List<MessageBodies> MESSAGES_2016 = messages(Edition.V2016);
    private static final List<MessageBodies> MESSAGES_2025 = messages(Edition.V2025);

    static @Nullable MessageBodies find(Edition edition, int command) {
        for (MessageBodies message : of(edition)) {
            if (message.command == command) {
                return message;
            }
        }
        return null;
    }

    static @Nullable MessageBodies find(Edition edition, String name) {
        for (MessageBodies message : of(edition)) {
            if (message.name.equals(name)) {
                return message;
            }
        }
        return null;
    }

    static List<MessageBodies> of(Edition edition) {
        return edition == Edition.V2025 ? MESSAGES_2025 : MESSAGES_2016;
    }

    private static List<MessageBodies> messages(Edition edition) {
        List<MessageBodies> all = new ArrayList<>();
        Member report = new ReportBody(edition);
        all.add(
                of(
                        VehicleLogin.COMMAND,
                        "VehicleLogin",
                        new Member.Time("collectedAt"),
                        new Member.Number(SERIAL),
                        new Member.Ascii("iccid", 20),
                        edition == Edition.V2025
                                ? new LoginBodies.PackCodes()
                                : new LoginBodies.SubsystemCodes()));
        all.add(of(RealTimeReport.COMMAND, "RealTimeReport", report));
        all.add(of(ReissuedReport.COMMAND, "ReissuedReport", report));
        all.add(
                of(
                        VehicleLogout.COMMAND,
                        "VehicleLogout",
                        new Member.Time("loggedOutAt"),
                        new Member.Number(SERIAL)));
        all.add(
                of(
                        PlatformLogin.COMMAND,
                        "PlatformLogin",
                        new Member.Time("loggedInAt"),
                        new Member.Number(SERIAL),
                        new Member.Ascii("user", 12),
                        new Member.Ascii("password", 20),
                        new Member.Number(
                                new Field(
                                        "dataEncryption", 0, 1, 1, 5, 0, 1, ENCRYPTION.words()))));
        all.add(
                of(
                        PlatformLogout.COMMAND,
                        "PlatformLogout",
                        new Member.Time("loggedOutAt"),
                        new Member.Number(SERIAL)));
        all.add(of(Heartbeat.COMMAND, "Heartbeat"));
        all.add(of(TimeRequest.COMMAND, "TimeRequest"));
        Member values =
                Member.Sequence.of(new Member.Time("at"), new TerminalBodies.Values(edition));
        all.add(
                new MessageBodies(
                        ParameterQuery.COMMAND,
                        "ParameterQuery",
                        Member.Sequence.of(new Member.Time("at"), new TerminalBodies.Ids(edition)),
                        values));
        all.add(of(ParameterSetting.COMMAND, "ParameterSetting", values));
        all.add(
                of(
                        TerminalControl.COMMAND,
                        "TerminalControl",
                        new Member.Time("at"),
                        new TerminalBodies.Control()));
        if (edition == Edition.V2025) {
            add2025(all);
        }
        return List.copyOf(all);
    }

    private static void add2025(List<MessageBodies> all) {
        all.add(
                of(
                        Activation.COMMAND,
                        "Activation",
                        new Member.Time("collectedAt"),
                        new Member.Ascii("chip", 16),
                        new Member.Counted("publicKey"),
                        new Member.Ascii("vin", 17),
                        UnitBodies.SIGNATURE));
        all.add(
                of(
                        ActivationAnswer.COMMAND,
                        "ActivationAnswer",
                        UnitBodies.numbers(ActivationAnswer.STATUS, ActivationAnswer.REASON)));
        all.add(
                of(
                        KeyExchange.COMMAND,
                        "KeyExchange",
                        new Member.Number(KEY_TYPE),
                        new Member.Counted("key"),
                        new Member.Time("beginsAt"),
                        new Member.Time("endsAt")));
    }

    private static MessageBodies of(int command, String name, Member... members) {
        Member body = Member.Sequence.of(members);
        return new MessageBodies(command, name, body, body);
    }
}
