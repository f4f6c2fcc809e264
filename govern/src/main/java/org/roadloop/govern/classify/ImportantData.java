package org.roadloop.govern.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Schema;

/**
 * The list of important data of the 2021 provisions (重要数据, 汽车数据安全管理若干规定 Art. 3), each with the rule
 * that recognises it in a table. More than 100,000 subjects are recognised by {@link
 * TableGrade#isOfMany}, which has the count. The list ends with what authorities add: such a table
 * is declared by its operator.
 */
public enum ImportantData {
    SENSITIVE_AREA("geography or flows of people and vehicles in sensitive areas"),
    TRAFFIC_AND_LOGISTICS("vehicle flows and logistics, which show how the economy runs"),
    CHARGING_NETWORK("operation of a charging network"),
    OUTSIDE_IMAGES("video or pictures of the outside with faces or plates"),
    MANY_SUBJECTS("personal data of more than 100000 subjects"),
    DECLARED("declared important by its operator");

    private static final List<String> FLOW =
            List.of(
                    "traffic_volume",
                    "traffic_flow",
                    "vehicle_flow",
                    "vehicle_volume",
                    "vehicles_per_hour",
                    "flow_veh",
                    "volume_veh",
                    "passenger_flow",
                    "pedestrian_flow",
                    "throughput_t",
                    "freight",
                    "logistics",
                    "cargo_t",
                    "cargo_volume",
                    "waybills",
                    "车流",
                    "人流",
                    "流量",
                    "物流",
                    "货运",
                    "货物",
                    "吞吐");
    private static final List<String> CHARGER =
            List.of(
                    "station",
                    "pile",
                    "charger",
                    "evse",
                    "connector_id",
                    "充电站",
                    "充电桩",
                    "充电枪",
                    "换电站");
    private static final List<String> OPERATION =
            List.of(
                    "power",
                    "energy",
                    "kwh",
                    "occup",
                    "utili",
                    "status",
                    "state",
                    "sessions",
                    "load",
                    "available",
                    "revenue",
                    "功率",
                    "电量",
                    "占用",
                    "利用",
                    "状态",
                    "次数",
                    "负荷");
    private static final List<String> OTHER_STATION =
            List.of(
                    "weather_station",
                    "base_station",
                    "petrol_station",
                    "bus_station",
                    "气象站",
                    "基站");
    private static final List<String> MEDIA =
            List.of(
                    "image",
                    "video",
                    "picture",
                    "photo",
                    "frame_jpeg",
                    "camera",
                    "图像",
                    "视频",
                    "照片",
                    "影像");
    private static final List<String> INSIDE =
            List.of("cabin", "inside", "interior", "driver_", "dms", "座舱", "车内", "舱内");

    private final String words;

    ImportantData(String words) {
        this.words = words;
    }

    public String words() {
        return words;
    }

    /**
     * What of the list a table is. A table that shows outside pictures counts until its passport
     * says that faces and plates were taken out.
     *
     * @param labels what columns are called at their source, by their name
     * @param inSensitiveArea whether rows lie in one of the operator's sensitive areas
     * @param imagesCleared whether faces and plates were removed from pictures (GB/T 44464 5.6.2)
     */
    public static List<ImportantData> of(
            Schema schema,
            Map<String, String> labels,
            boolean inSensitiveArea,
            boolean imagesCleared) {
        boolean flow = false;
        boolean charger = false;
        boolean operation = false;
        boolean media = false;
        boolean position = false;
        for (Column column : schema.columns()) {
            String name =
                    (column.name() + " " + labels.getOrDefault(column.name(), ""))
                            .toLowerCase(Locale.ROOT);
            flow |= any(name, FLOW);
            boolean station = any(name, CHARGER) && !any(name, OTHER_STATION);
            charger |= station;
            operation |= any(name, OPERATION);
            media |= any(name, MEDIA) && !any(name, INSIDE);
            position |= TableGrade.isPosition(column) || column.dataClass() == DataClass.POSITION;
        }
        List<ImportantData> found = new ArrayList<>();
        if (inSensitiveArea && (position || flow)) {
            found.add(SENSITIVE_AREA);
        }
        if (flow) {
            found.add(TRAFFIC_AND_LOGISTICS);
        }
        if (charger && operation) {
            found.add(CHARGING_NETWORK);
        }
        if (media && !imagesCleared) {
            found.add(OUTSIDE_IMAGES);
        }
        return found;
    }

    /**
     * What an operator declared, by the names of this list; another word is what an authority added
     * to it.
     *
     * @param words with commas between them: {@code sensitive_area, charging_network}
     */
    public static Set<ImportantData> declared(String words) {
        Set<ImportantData> found = EnumSet.noneOf(ImportantData.class);
        for (String word : words.split(",")) {
            String name = word.strip().toUpperCase(Locale.ROOT);
            if (!name.isEmpty()) {
                found.add(
                        Arrays.stream(values())
                                .filter(item -> item.name().equals(name))
                                .findFirst()
                                .orElse(DECLARED));
            }
        }
        return found;
    }

    private static boolean any(String name, List<String> words) {
        for (String word : words) {
            if (name.contains(word)) {
                return true;
            }
        }
        return false;
    }
}
