package org.roadloop.collect.gb32960.text;

import java.util.List;
import org.roadloop.collect.gb32960.VehicleLogin;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The codes of batteries at the end of a vehicle's login (储能系统编码). */
final class LoginBodies {
    private LoginBodies() {}

    /** 2016: n, m, then n codes of m bytes. */
    record SubsystemCodes() implements Member {
        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
            Member.need(at, end, 2, "the counts of the codes");
            int subsystems = bytes[at] & 0xFF;
            int codeBytes = bytes[at + 1] & 0xFF;
            into.put("subsystems", subsystems).put("codeBytes", codeBytes);
            int next = at + 2;
            Member.need(next, end, subsystems * codeBytes, "the codes");
            if (codeBytes > 0) {
                ArrayNode codes = into.putArray("codes");
                for (int i = 0; i < subsystems; i++, next += codeBytes) {
                    codes.add(Ascii.node(bytes, next, codeBytes));
                }
            }
            return next;
        }

        @Override
        public void write(Source from, ByteSink out) {
            int subsystems = Source.whole(from.take("subsystems"), from.path("subsystems"), 0, 255);
            int codeBytes = Source.whole(from.take("codeBytes"), from.path("codeBytes"), 0, 255);
            out.number(subsystems, 1);
            out.number(codeBytes, 1);
            if (codeBytes == 0) {
                return;
            }
            List<JsonNode> codes = from.list("codes");
            if (codes.size() != subsystems) {
                throw new IllegalArgumentException(
                        "%s has %d elements for %d subsystems"
                                .formatted(from.path("codes"), codes.size(), subsystems));
            }
            for (JsonNode code : codes) {
                out.bytes(Ascii.bytes(code, codeBytes, from.path("codes")));
            }
        }
    }

    /** 2025: n, packs of each battery management system, then the packs' codes of 24 bytes. */
    record PackCodes() implements Member {
        private static final String NAME = "batterySystems";

        @Override
        public int read(byte[] bytes, int at, int end, ObjectNode into) throws TextFault {
            Member.need(at, end, 1, "the count of battery systems");
            int systems = bytes[at] & 0xFF;
            Member.need(at + 1, end, systems, "the counts of packs");
            int next = at + 1 + systems;
            ArrayNode list = into.putArray(NAME);
            for (int i = 0; i < systems; i++) {
                ArrayNode packs = list.addArray();
                for (int pack = bytes[at + 1 + i] & 0xFF; pack > 0; pack--) {
                    Member.need(next, end, VehicleLogin.PACK_CODE_BYTES, "a pack's code");
                    packs.add(Ascii.node(bytes, next, VehicleLogin.PACK_CODE_BYTES));
                    next += VehicleLogin.PACK_CODE_BYTES;
                }
            }
            return next;
        }

        @Override
        public void write(Source from, ByteSink out) {
            List<JsonNode> systems = from.list(NAME);
            count(systems, from.path(NAME), out);
            for (JsonNode packs : systems) {
                count(Source.list(packs, from.path(NAME)), from.path(NAME), out);
            }
            for (JsonNode packs : systems) {
                for (JsonNode code : packs.values()) {
                    out.bytes(Ascii.bytes(code, VehicleLogin.PACK_CODE_BYTES, from.path(NAME)));
                }
            }
        }

        private static void count(List<JsonNode> list, String path, ByteSink out) {
            if (list.size() > 255) {
                throw new IllegalArgumentException(path + " has a list of over 255 elements");
            }
            out.number(list.size(), 1);
        }
    }
}
