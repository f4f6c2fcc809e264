package org.roadloop.collect.jt808;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages that set, ask and order (参数与控制类消息). */
public sealed interface CommandMessage extends Message {
    /** Sets parameters (设置终端参数); JT/T 808-2013 §8.9, table 10. */
    record ParameterSetting(List<Parameter> parameters) implements CommandMessage {
        public static final int ID = 0x8103;

        public ParameterSetting {
            parameters = List.copyOf(parameters);
        }

        static ParameterSetting read(BodyReader in) {
            return new ParameterSetting(Parameter.readList(in, in.u8()));
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            Parameter.writeList(out, parameters.size(), parameters);
        }
    }

    /** Asks for all parameters (查询终端参数); §8.10. */
    record ParameterQuery() implements CommandMessage {
        public static final int ID = 0x8104;

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {}
    }

    /** Asks for some parameters (查询指定终端参数); §8.11, table 15. */
    record ParameterSelection(List<Long> parameterIds) implements CommandMessage {
        public static final int ID = 0x8106;

        public ParameterSelection {
            parameterIds = List.copyOf(parameterIds);
        }

        static ParameterSelection read(BodyReader in) {
            int count = in.u8();
            List<Long> ids = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                ids.add(in.u32());
            }
            return new ParameterSelection(ids);
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u8("number of parameters", parameterIds.size());
            parameterIds.forEach(id -> out.u32("parameter id", id));
        }
    }

    /**
     * The parameters asked for (查询终端参数应答); §8.12, table 16. What is there is read to the end: some
     * terminals count wrongly, and one of those is as good an answer.
     *
     * @param count as the terminal said it, where that is not how many there are
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ParameterAnswer(int answeredSerial, @Nullable Integer count, List<Parameter> parameters)
            implements CommandMessage {
        public static final int ID = 0x0104;

        public ParameterAnswer {
            parameters = List.copyOf(parameters);
            if (count != null && count == parameters.size()) {
                count = null;
            }
        }

        static ParameterAnswer read(BodyReader in) {
            return new ParameterAnswer(in.u16(), in.u8(), Parameter.readAll(in));
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u16("answeredSerial", answeredSerial);
            Parameter.writeList(out, count == null ? parameters.size() : count, parameters);
        }
    }

    /**
     * Terminal control (终端控制); §8.13, tables 17-19.
     *
     * @param command 1 upgrade, 2 connect elsewhere, 3 off, 4 reset, 5 factory settings, 6 data
     *     link off, 7 all radio off
     * @param parameters fields of commands 1 and 2, separated by semicolons
     */
    record TerminalControl(int command, String parameters) implements CommandMessage {
        public static final int ID = 0x8105;

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            out.u8("command", command).text(parameters);
        }
    }

    /**
     * Text for the driver (文本信息下发); §8.23, table 37.
     *
     * @param flags where it is shown or read out
     * @param kind 1 notice, 2 service; 2019 only, where a notice is sent unless it is said
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record TextMessage(int flags, @Nullable Integer kind, String text) implements CommandMessage {
        public static final int ID = 0x8300;
        private static final int NOTICE = 1;

        static TextMessage read(BodyReader in) {
            return new TextMessage(
                    in.u8(), in.edition() == Edition.JT2019 ? in.u8() : null, in.restText());
        }

        @Override
        public int id() {
            return ID;
        }

        @Override
        public void write(BodyWriter out) {
            boolean hasKind = out.edition() == Edition.JT2019;
            if (kind != null && !hasKind) {
                throw new IllegalArgumentException("a text has a kind in the edition of 2019 only");
            }
            out.u8("flags", flags);
            if (hasKind) {
                out.u8("kind", kind == null ? NOTICE : kind);
            }
            out.text(text);
        }
    }
}
