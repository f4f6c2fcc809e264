package org.roadloop.collect.jt808;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages that open and keep a link (连接与应答). */
public sealed interface LinkMessage extends Message permits Registration, LinkMessage.Body {
    /** Those that are defined here. */
    sealed interface Body extends LinkMessage {}

    int OK = 0;
    int FAILED = 1;
    int WRONG = 2;
    int UNSUPPORTED = 3;

    /**
     * Terminal general answer (终端通用应答); JT/T 808-2013 §8.1, table 4.
     *
     * @param result 0 ok, 1 failed, 2 message wrong, 3 not supported
     */
    record TerminalAnswer(int answeredSerial, int answeredId, int result) implements Body {
        static final int ID = 0x0001;

        static TerminalAnswer read(BodyReader in) {
            return new TerminalAnswer(in.u16(), in.u16(), in.u8());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u16("answeredSerial", answeredSerial)
                    .u16("answeredId", answeredId)
                    .u8("result", result);
        }
    }

    /**
     * Platform general answer (平台通用应答); §8.2, table 5.
     *
     * @param result as in {@link TerminalAnswer}, or 4 alarm confirmed
     */
    record PlatformAnswer(int answeredSerial, int answeredId, int result) implements Body {
        public static final int ID = 0x8001;

        static PlatformAnswer read(BodyReader in) {
            return new PlatformAnswer(in.u16(), in.u16(), in.u8());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u16("answeredSerial", answeredSerial)
                    .u16("answeredId", answeredId)
                    .u8("result", result);
        }
    }

    /** Heartbeat (终端心跳); §8.3. */
    record Heartbeat() implements Body {
        public static final int ID = 0x0002;

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {}
    }

    /** The terminal leaves its vehicle (终端注销); §8.7. */
    record Deregistration() implements Body {
        public static final int ID = 0x0003;

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {}
    }

    /** Query of the server's time (查询服务器时间请求); JT/T 808-2019. */
    record TimeRequest() implements Body {
        public static final int ID = 0x0004;

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {}
    }

    /**
     * Its answer (查询服务器时间应答); JT/T 808-2019.
     *
     * @param time in UTC
     */
    record TimeAnswer(String time) implements Body {
        public static final int ID = 0x8004;

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.utcTime(time);
        }
    }

    /**
     * The platform asks for missing packages (补传分包请求); §8.4, table 6. The count is a BYTE in 2013
     * and a WORD in 2019; the tables print its offset as 4, it is at 2.
     *
     * @param firstSerial serial of the first package of the group
     */
    record PlatformPackageRequest(int firstSerial, List<Integer> packageNumbers) implements Body {
        public static final int ID = 0x8003;

        public PlatformPackageRequest {
            packageNumbers = List.copyOf(packageNumbers);
        }

        static PlatformPackageRequest read(BodyReader in) {
            return new PlatformPackageRequest(in.u16(), readNumbers(in));
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            writeNumbers(out.u16("firstSerial", firstSerial), packageNumbers);
        }
    }

    /** The same from a terminal (终端补传分包请求); JT/T 808-2019. */
    record TerminalPackageRequest(int firstSerial, List<Integer> packageNumbers) implements Body {
        public static final int ID = 0x0005;

        public TerminalPackageRequest {
            packageNumbers = List.copyOf(packageNumbers);
        }

        static TerminalPackageRequest read(BodyReader in) {
            return new TerminalPackageRequest(in.u16(), readNumbers(in));
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            writeNumbers(out.u16("firstSerial", firstSerial), packageNumbers);
        }
    }

    /**
     * Answer to a registration (终端注册应答); §8.6, table 8.
     *
     * @param result 0 ok, 1 car registered, 2 no such car, 3 terminal registered, 4 no such
     *     terminal
     * @param token only with result 0
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record RegistrationAnswer(int answeredSerial, int result, @Nullable String token)
            implements Body {
        public static final int ID = 0x8100;

        static RegistrationAnswer read(BodyReader in) {
            int serial = in.u16();
            int result = in.u8();
            return new RegistrationAnswer(serial, result, result == OK ? in.restText() : null);
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u16("answeredSerial", answeredSerial).u8("result", result);
            if (token != null) {
                out.text(token);
            }
        }
    }

    /**
     * Authentication (终端鉴权) on every new connection; §8.8, table 9.
     *
     * @param imei 15 characters, 2019 only
     * @param softwareVersion at most 20 characters, 2019 only
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Authentication(String token, @Nullable String imei, @Nullable String softwareVersion)
            implements Body {
        public static final int ID = 0x0102;

        static Authentication read(BodyReader in) {
            return in.edition() == Edition.JT2013
                    ? new Authentication(in.restText(), null, null)
                    : new Authentication(in.text(in.u8()), in.paddedText(15), in.paddedText(20));
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            if (out.edition() == Edition.JT2013) {
                out.text(token);
                return;
            }
            if (imei == null || softwareVersion == null) {
                throw new IllegalArgumentException(
                        "an authentication of 2019 carries imei and softwareVersion too");
            }
            out.countedText("token", token)
                    .paddedText("imei", imei, 15)
                    .paddedText("softwareVersion", softwareVersion, 20);
        }
    }

    /** RSA public key of the terminal (终端 RSA 公钥); §8.65. The modulus n has 128 bytes. */
    record TerminalPublicKey(long e, Bytes n) implements Body {
        public static final int ID = 0x0A00;

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u32("e", e).bytes("n", n, 128);
        }
    }

    /** RSA public key of the platform (平台 RSA 公钥); §8.64. */
    record PlatformPublicKey(long e, Bytes n) implements Body {
        public static final int ID = 0x8A00;

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u32("e", e).bytes("n", n, 128);
        }
    }

    private static List<Integer> readNumbers(BodyReader in) {
        int count = in.edition() == Edition.JT2013 ? in.u8() : in.u16();
        return readWords(in, count);
    }

    /** Words as many as counted, or none when they do not fill the rest of the body. */
    static List<Integer> readWords(BodyReader in, int count) {
        if (in.remaining() != 2 * count) {
            in.refuse();
            return List.of();
        }
        List<Integer> words = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            words.add(in.u16());
        }
        return words;
    }

    private static void writeNumbers(BodyWriter out, List<Integer> numbers) {
        if (out.edition() == Edition.JT2013) {
            out.u8("number of packages", numbers.size());
        } else {
            out.u16("number of packages", numbers.size());
        }
        numbers.forEach(number -> out.u16("package number", number));
    }
}
