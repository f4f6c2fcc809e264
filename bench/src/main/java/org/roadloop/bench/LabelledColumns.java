package org.roadloop.bench;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import org.roadloop.core.table.Batch;
import org.roadloop.core.table.Column;
import org.roadloop.core.table.ColumnType;
import org.roadloop.core.table.DataClass;
import org.roadloop.core.table.Grade;
import org.roadloop.core.table.Schema;

/**
 * Columns whose content is known, drawn from a seed: what has to be found, in English, pinyin and
 * Chinese or under a name that says nothing, and what looks like it and is not (带标注的列). Shares no
 * code with the classifier: check digits are computed here by other methods. One thread.
 */
final class LabelledColumns {
    private static final int ROWS = 300;
    private static final String VIN_SYMBOLS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ";
    private static final String[] GENERIC = {
        "c%d", "field_%d", "val%d", "data_%d", "列%d", "字段%d", "attr%d", "F%d", "p_%d"
    };

    private final Random random;
    private final List<Made> made = new ArrayList<>();

    /**
     * A column.
     *
     * @param cells null for absent
     * @param kind name of what it holds; empty for nothing to protect
     */
    record Made(String label, ColumnType type, Object[] cells, String kind) {}

    /** Some columns side by side, with what they are called at their source and what they hold. */
    record Table(Batch rows, Map<String, String> labels, Map<String, String> kinds) {}

    LabelledColumns(long seed) {
        random = new Random(seed);
    }

    /** Tables of some ten columns each, at least so many columns in all. */
    static List<Table> tables(long seed, int columns) {
        LabelledColumns maker = new LabelledColumns(seed);
        List<Table> tables = new ArrayList<>();
        int count = 0;
        while (count < columns) {
            Table table = maker.table();
            count += table.labels().size();
            tables.add(table);
        }
        return tables;
    }

    private Table table() {
        made.clear();
        for (int i = 0; i < 4; i++) {
            sensitive();
            harmless();
        }
        Map<String, String> labels = new LinkedHashMap<>();
        Map<String, String> kinds = new LinkedHashMap<>();
        List<Column> columns = new ArrayList<>();
        for (Made one : made) {
            String name = "c" + columns.size();
            labels.put(name, one.label());
            kinds.put(name, one.kind());
            columns.add(Column.of(name, one.type(), "", DataClass.LINEAGE, Grade.GENERAL));
        }
        Batch batch = new Batch(new Schema(columns), ROWS);
        for (int row = 0; row < ROWS; row++) {
            batch.addRow();
            for (int c = 0; c < made.size(); c++) {
                put(batch, c, row, made.get(c).cells()[row]);
            }
        }
        return new Table(batch, labels, kinds);
    }

    private static void put(Batch batch, int c, int row, Object cell) {
        switch (cell) {
            case String s -> batch.set(c, row, s);
            case Integer i -> batch.set(c, row, i.intValue());
            case Long l -> batch.set(c, row, l.longValue());
            case Float f -> batch.set(c, row, f.floatValue());
            case Double d -> batch.set(c, row, d.doubleValue());
            default -> {
                // absent
            }
        }
    }

    // ---------------------------------------------------------------- what has to be found

    private void sensitive() {
        switch (random.nextInt(26)) {
            case 0, 1 ->
                    text("VIN", this::vin, "vin", "VIN", "vehicleVin", "车架号", "clsbh", "", "note");
            case 2 -> text("VIN", this::europeanVin, "vin", "chassis_no", "车辆识别代号", "", "remark");
            case 3, 4 -> text("PLATE", this::plate, "plate_no", "cphm", "车牌号", "licensePlate", "");
            case 5 -> text("PHONE", this::phone, "phone", "mobileNo", "手机号", "sjh", "", "备注1");
            case 6 -> text("PHONE", this::longPhone, "contact_phone", "联系电话", "tel", "");
            case 7 ->
                    numbers(
                            "PHONE",
                            ColumnType.LONG,
                            () -> Long.valueOf(phone()),
                            "phone",
                            "手机",
                            "");
            case 8 -> text("ID_CARD", this::idCard, "id_card", "sfzh", "身份证号", "certNo", "");
            case 9 -> text("ID_CARD", this::idCard15, "id_card", "sfz", "证件号", "");
            case 10 ->
                    text("BANK_CARD", this::bankCard, "card_no", "yhkh", "银行卡号", "payAccount", "");
            case 11 -> text("IMEI", this::imei, "imei", "device_imei", "终端IMEI", "");
            case 12 -> text("ICCID", this::iccid, "iccid", "simIccid", "SIM卡号", "");
            case 13 -> text("MAC", this::mac, "mac", "wifiMac", "MAC地址", "");
            case 14 -> text("EMAIL", this::email, "email", "mailAddress", "邮箱", "yx", "");
            case 15 -> text("PERSON_NAME", this::chineseName, "driver_name", "xm", "姓名", "车主", "");
            case 16 -> text("PERSON_NAME", this::latinName, "driver_name", "ownerName", "fullName");
            case 17 -> text("ADDRESS", this::address, "home_address", "dz", "地址", "");
            case 18, 19 -> position();
            case 20 -> text("POSITION_TEXT", positionText(), "location", "gps", "位置", "wz", "");
            case 21, 22 -> mention();
            case 23 ->
                    text(
                            "NAMED_IDENTITY",
                            () -> "D" + digits(6),
                            "driver_id",
                            "userId",
                            "司机编号",
                            "owner_code");
            case 24 ->
                    numbers(
                            "NAMED_IDENTITY",
                            ColumnType.LONG,
                            () -> 100_000L + random.nextInt(900_000),
                            "user_id",
                            "driverId",
                            "customer_no");
            default ->
                    text(
                            "NAMED_IDENTITY",
                            () -> symbols("abcdefABCDEF0123456789_-", 28),
                            "openid",
                            "openId");
        }
    }

    private String vin() {
        String maker =
                pick("LSG", "LGW", "LFV", "LSV", "LHG", "LVS", "LC0", "1HG", "5YJ", "JTD", "LBV");
        StringBuilder vin = new StringBuilder(maker + symbols(VIN_SYMBOLS, 10) + digits(4));
        // the check digit by the index in two rows of ten, as 49 CFR 565 prints the values
        String rows = "0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ";
        int[] weights = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
        int sum = 0;
        for (int i = 0; i < 17; i++) {
            sum += rows.indexOf(vin.charAt(i)) % 10 * weights[i];
        }
        vin.setCharAt(8, "0123456789X".charAt(sum % 11));
        return vin.toString();
    }

    private String europeanVin() {
        String maker =
                pick("WVW", "WBA", "WDD", "WAU", "VF1", "ZFA", "TMB", "YV1", "SAL", "VSS", "W0L");
        return maker
                + pick("ZZZ", symbols(VIN_SYMBOLS, 3))
                + symbols(VIN_SYMBOLS, 2)
                + pick("Z", symbols(VIN_SYMBOLS, 1))
                + symbols(VIN_SYMBOLS, 4)
                + digits(4);
    }

    private String plate() {
        String province = symbols("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼", 1);
        String head = province + symbols("ABCDEFGHJKLMNPQRSTUVWXY", 1);
        return switch (random.nextInt(8)) {
            case 0, 1 -> head + digits(5);
            case 2 -> head + symbols("ABCDEFGHJKLMNPQRSTUVWXYZ", 1) + digits(4);
            case 3 -> head + "·" + digits(3) + symbols("ABCDEFGHJK", 1) + digits(1);
            case 4 -> head + pick("D", "F", "A", "B") + digits(5);
            case 5 -> head + digits(5) + pick("D", "F");
            case 6 -> head + digits(4) + pick("挂", "学", "警", "港", "澳");
            default -> head.substring(0, 1) + "A" + digits(5);
        };
    }

    private String phone() {
        return pick(
                        "138", "139", "150", "151", "158", "159", "177", "186", "188", "133", "199",
                        "135")
                + digits(8);
    }

    private String longPhone() {
        String plain = phone();
        return switch (random.nextInt(4)) {
            case 0 -> "+86" + plain;
            case 1 -> "+86 " + plain;
            case 2 ->
                    plain.substring(0, 3) + "-" + plain.substring(3, 7) + "-" + plain.substring(7);
            default -> plain;
        };
    }

    private String idCard() {
        String body =
                pick("110105", "310115", "440305", "510104", "320102") + date(1950, 55) + digits(3);
        // ISO 7064 MOD 11-2, digit by digit
        int p = 0;
        for (int i = 0; i < 17; i++) {
            p = (p + body.charAt(i) - '0') * 2 % 11;
        }
        return body + "0123456789X".charAt((12 - p) % 11);
    }

    private String idCard15() {
        return pick("110105", "310115", "440305", "510104", "320102")
                + date(1950, 45).substring(2)
                + digits(3);
    }

    private String date(int from, int years) {
        return LocalDate.of(from, 1, 1)
                .plusDays(random.nextInt(years * 365))
                .toString()
                .replace("-", "");
    }

    private String bankCard() {
        return random.nextBoolean()
                ? luhn(pick("622202", "621700", "622848", "625912") + digits(12))
                : luhn(pick("4392", "5187", "4563", "3568") + digits(11));
    }

    private String imei() {
        return luhn(pick("86", "35") + digits(12));
    }

    /** Appends the check digit, by a table of doubled digits. */
    private static String luhn(String body) {
        int[] doubled = {0, 2, 4, 6, 8, 1, 3, 5, 7, 9};
        int sum = 0;
        for (int i = 0; i < body.length(); i++) {
            int digit = body.charAt(body.length() - 1 - i) - '0';
            sum += i % 2 == 0 ? doubled[digit] : digit;
        }
        return body + (char) ('0' + (1000 - sum) % 10);
    }

    private String iccid() {
        return random.nextInt(3) == 0
                ? luhn("898600" + digits(12))
                : "8986"
                        + pick("00", "01", "03", "04", "06")
                        + symbols("0123456789ABCDEF", 2)
                        + digits(12);
    }

    private String mac() {
        String separator = pick(":", ":");
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            pairs.add(symbols("0123456789abcdef", 2));
        }
        return String.join(separator, pairs);
    }

    private String email() {
        return symbols("abcdefghijklmnopqrstuvwxyz", 6)
                + digits(2)
                + pick("@qq.com", "@163.com", "@example.org", "@mail.example.cn");
    }

    private String chineseName() {
        return symbols("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", 1)
                + symbols("伟芳娜敏静秀丽强磊军洋勇艳杰涛明超兰霞平刚桂英华文建国志", 1 + random.nextInt(2));
    }

    private String latinName() {
        return pick("Anna", "Peter", "Maria", "John", "Wei", "Hans", "Lucia", "Omar")
                + " "
                + pick("Meyer", "Smith", "Zhang", "Rossi", "Novak", "Garcia", "Dupont", "Lind");
    }

    private String address() {
        return pick("北京市海淀区", "上海市浦东新区", "广东省深圳市南山区", "江苏省南京市玄武区")
                + pick("中关村大街", "世纪大道", "科技园南路", "中山东路", "建设路")
                + (1 + random.nextInt(999))
                + "号"
                + pick("", digits(1) + "栋" + digits(3) + "室");
    }

    /** A longitude and a latitude side by side, of one vehicle or of a fleet. */
    private void position() {
        boolean track = random.nextBoolean();
        double[][] centres = {
            {116.397, 39.908},
            {121.474, 31.23},
            {113.264, 23.129},
            {104.066, 30.572},
            {11.575, 48.137},
            {-105.03, 40.565},
            {-6.725, 33.986}
        };
        double[] centre = centres[random.nextInt(track ? 7 : 4)];
        double[] lon = new double[ROWS];
        double[] lat = new double[ROWS];
        double x = centre[0];
        double y = centre[1];
        double heading = random.nextDouble() * 6.28;
        for (int row = 0; row < ROWS; row++) {
            if (track) {
                heading += random.nextGaussian() * 0.1;
                double step = row % 60 < 8 ? 0 : 0.00015 * (0.5 + random.nextDouble());
                x += step * Math.cos(heading);
                y += step * Math.sin(heading);
            } else {
                x = centre[0] + random.nextGaussian() * 0.2;
                y = centre[1] + random.nextGaussian() * 0.15;
            }
            lon[row] = x;
            lat[row] = y;
        }
        String[][] labels = {
            {"longitude", "latitude"},
            {"gps_lon", "gps_lat"},
            {"startLng", "startLat"},
            {"jd", "wd"},
            {"经度", "纬度"},
            {"", ""},
            {"", ""}
        };
        String[] pair = labels[random.nextInt(labels.length)];
        Function<Double, Object> form;
        ColumnType type;
        switch (random.nextInt(7)) {
            case 0 -> {
                type = ColumnType.STRING;
                form = v -> String.format(Locale.ROOT, "%.6f", v);
            }
            case 1 -> {
                type = ColumnType.INT;
                form = v -> (int) Math.round(v * 1e6);
            }
            case 2 -> {
                type = ColumnType.LONG;
                form = v -> Math.round(v * 1e7);
            }
            case 3 -> {
                type = ColumnType.DOUBLE;
                boolean hides = pair[0].isEmpty() && (centre[0] < 73 || !track);
                form = hides ? v -> round(v, 1e6) : v -> round(Math.toRadians(v), 1e9);
            }
            case 4 -> {
                type = ColumnType.DOUBLE;
                boolean hides = pair[0].isEmpty() && centre[0] < 73;
                form = hides ? v -> round(v, 1e7) : LabelledColumns::minutes;
            }
            case 5 -> {
                type = ColumnType.DOUBLE;
                form = v -> v;
            }
            default -> {
                type = ColumnType.DOUBLE;
                form = v -> round(v, 1e6);
            }
        }
        int fix = random.nextInt(3) == 0 ? 20 : ROWS + 1; // now and then no fix: zeros
        made.add(pairColumn(pair[0], type, lon, form, "LONGITUDE", fix));
        made.add(pairColumn(pair[1], type, lat, form, "LATITUDE", fix));
    }

    private Made pairColumn(
            String label,
            ColumnType type,
            double[] values,
            Function<Double, Object> form,
            String kind,
            int fix) {
        Object[] cells = new Object[ROWS];
        for (int row = 0; row < ROWS; row++) {
            Object cell = form.apply(values[row]);
            cells[row] = row % fix == fix - 1 ? zero(type) : cell;
        }
        return new Made(label(label), type, cells, kind);
    }

    private static Object zero(ColumnType type) {
        return switch (type) {
            case INT -> (Object) 0;
            case LONG -> 0L;
            case STRING -> "0";
            default -> 0.0;
        };
    }

    private static double minutes(double degrees) {
        double whole = (long) degrees;
        return round(whole * 100 + (degrees - whole) * 60, 1e4);
    }

    private static double round(double value, double scale) {
        return Math.rint(value * scale) / scale;
    }

    private Supplier<String> positionText() {
        int form = random.nextInt(5);
        double x = 104.066;
        double y = 30.572;
        return () -> {
            double lon = x + random.nextGaussian() * 0.1;
            double lat = y + random.nextGaussian() * 0.1;
            return switch (form) {
                case 0 -> String.format(Locale.ROOT, "%.6f,%.6f", lon, lat);
                case 1 -> String.format(Locale.ROOT, "POINT(%.6f %.6f)", lon, lat);
                case 2 ->
                        String.format(
                                Locale.ROOT,
                                "{\"type\":\"Point\",\"coordinates\":[%.6f,%.6f]}",
                                lon,
                                lat);
                case 3 -> geoHash(lon, lat, 8);
                default -> String.format(Locale.ROOT, "%.5f %.5f", lat, lon);
            };
        };
    }

    /** By halving, a bit at a time. */
    private static String geoHash(double lon, double lat, int length) {
        double[] x = {-180, 180};
        double[] y = {-90, 90};
        StringBuilder hash = new StringBuilder();
        int bits = 0;
        for (int i = 0; i < length * 5; i++) {
            double[] side = i % 2 == 0 ? x : y;
            double middle = (side[0] + side[1]) / 2;
            boolean upper = (i % 2 == 0 ? lon : lat) >= middle;
            side[upper ? 0 : 1] = middle;
            bits = bits * 2 + (upper ? 1 : 0);
            if (i % 5 == 4) {
                hash.append("0123456789bcdefghjkmnpqrstuvwxyz".charAt(bits));
                bits = 0;
            }
        }
        return hash.toString();
    }

    /** A free text of which a twentieth says who or where. */
    private void mention() {
        String kind = pick("PHONE", "PLATE", "VIN", "ID_CARD", "EMAIL", "POSITION_TEXT");
        String label = pick("remark", "备注", "description", "comment", "处理意见", "");
        Object[] cells = new Object[ROWS];
        for (int row = 0; row < ROWS; row++) {
            String said =
                    switch (kind) {
                        case "PHONE" ->
                                pick(
                                        "请联系" + phone() + "确认",
                                        "call " + phone() + " please",
                                        "电话：" + phone());
                        case "PLATE" -> pick("车辆" + plate() + "追尾", "plate " + plate() + " towed");
                        case "VIN" -> pick("更换电池，车架号" + vin(), "recall of " + vin() + ", done");
                        case "ID_CARD" -> "已核验证件" + idCard() + "，通过";
                        case "EMAIL" -> "已发送至 " + email() + " 请查收";
                        default ->
                                String.format(
                                        Locale.ROOT,
                                        "停在 %.6f,%.6f 附近",
                                        116.3 + random.nextDouble(),
                                        39.5 + random.nextDouble());
                    };
            cells[row] = row % 20 == 7 ? said : chatter();
        }
        made.add(new Made(label(label), ColumnType.STRING, cells, kind));
    }

    private String chatter() {
        return pick(
                "已处理",
                "例行检查，无异常",
                "更换滤芯 " + digits(3) + " 件",
                "customer not reached",
                "tyre pressure low, refilled to 2.4 bar",
                "工单 " + digits(6) + " 关闭",
                "待复查",
                "firmware updated to V4." + digits(1),
                "充电中断 3 次",
                "see ticket 2024-" + digits(4));
    }

    // ---------------------------------------------------------------- what only looks like it

    private void harmless() {
        int start = 10_000 + random.nextInt(50_000);
        switch (random.nextInt(36)) {
            case 0 ->
                    numbers(
                            "",
                            ColumnType.INT,
                            () -> 1995 + random.nextInt(31),
                            "model_year",
                            "年款",
                            "year",
                            "");
            case 1 ->
                    text(
                            "",
                            () -> date(2015, 10) + "." + random.nextInt(9),
                            "build",
                            "build_no",
                            "版本",
                            "");
            case 2 -> text("", () -> symbols(VIN_SYMBOLS, 17), "order_id", "orderNo", "订单号", "");
            case 3 -> text("", () -> date(2020, 5) + digits(9), "order_id", "流水号", "trace_no", "");
            case 4 -> text("", () -> "1" + digits(17), "snowflake", "msg_id", "消息号", "");
            case 5 ->
                    numbers(
                            "",
                            ColumnType.LONG,
                            () -> 10_000_000_000L + (long) (random.nextDouble() * 8.9e10),
                            "serial",
                            "sn",
                            "序列号",
                            "");
            case 6 ->
                    counted(ColumnType.LONG, 13_800_000_000L + start, "serial_no", "seq", "序号", "");
            case 7 ->
                    text(
                            "",
                            () -> "" + (10_000_000_000L + (long) (random.nextDouble() * 8.9e10)),
                            "serialNo",
                            "part_no",
                            "物料号",
                            "");
            case 8 ->
                    text(
                            "",
                            () -> luhn(pick("9", "8", "0", "1") + digits(14)),
                            "ticket",
                            "voucher",
                            "凭证号",
                            "");
            case 9 -> text("", () -> "62" + digits(14), "code", "编码", "");
            case 10 -> noise(80, 1e6, "roll_deg", "pitch", "俯仰角", "");
            case 11 -> noise(3, 1e6, "gyro_z", "yaw_rate", "accelLat", "lat_accel", "");
            case 12 -> walk(24, 0.05, 10, "temperature_c", "wd", "温度", "ambientTemp");
            case 13 -> {
                walk(101.3, 0.002, 1e5, "pressure_kpa", "气压");
                walk(25.1, 0.002, 1e5, "temp_c", "温度");
            }
            case 14 -> walk(390, 0.3, 10, "voltage_v", "dianya", "总电压", "");
            case 15 ->
                    counted(
                            ColumnType.LONG,
                            1_700_000_000_000L + start * 100L,
                            "ts",
                            "event_time",
                            "采集时间",
                            "");
            case 16 -> counted(ColumnType.INT, 90_000_000 + start, "time_of_day", "hhmmss", "");
            case 17 -> text("", () -> symbols("0123456789abcdef", 8), "hash", "commit", "校验值", "");
            case 18 ->
                    text(
                            "",
                            () ->
                                    new java.util.UUID(random.nextLong(), random.nextLong())
                                            .toString(),
                            "uuid",
                            "request_id",
                            "");
            case 19 ->
                    text(
                            "",
                            () -> symbols("0123456789abcdefghijklmnopqrstuvwxyz", 8),
                            "token_key",
                            "short_code",
                            "");
            case 20 ->
                    text(
                            "",
                            () -> "V" + digits(1) + "." + digits(1) + "." + digits(2),
                            "firmware",
                            "fw_version",
                            "固件版本",
                            "phone_version");
            case 21 -> text("", () -> pick("晴", "多云", "小雨", "Clouds", "Rain"), "weather", "天气", "");
            case 22 -> text("", () -> pick("黄色", "白色", "黑色", "金色", "蓝色"), "colour", "车身颜色", "");
            case 23 -> text("", () -> pick("北京", "上海", "江门", "万州", "广州"), "city", "城市", "");
            case 24 -> text("", () -> pick("front", "rear", "none"), "plate", "plate_side", "号牌位置");
            case 25 ->
                    numbers(
                            "",
                            ColumnType.INT,
                            () -> random.nextInt(40),
                            "vin_count",
                            "plate_count",
                            "phone_count",
                            "lat_ms");
            case 26 ->
                    text(
                            "",
                            () -> pick("iPhone 13", "Mate 60", "Pixel 8"),
                            "phone_model",
                            "mobile_brand",
                            "手机型号",
                            "phone");
            case 27 -> walk(0.5, 0.01, 100, "flat_rate", "translation", "platform_load");
            case 28 -> text("", this::chatter, "remark", "备注", "comment", "");
            case 29 ->
                    text(
                            "",
                            () ->
                                    "工单"
                                            + (10_000_000_000L
                                                    + (long) (random.nextDouble() * 8.9e10))
                                            + pick("已完成", "待处理"),
                            "remark",
                            "备注",
                            "");
            case 30 ->
                    text(
                            "",
                            () -> "{\"soc\":" + random.nextInt(100) + ",\"gear\":\"D\"}",
                            "payload",
                            "ext",
                            "");
            case 31 ->
                    text(
                            "",
                            () ->
                                    "2024-0"
                                            + (1 + random.nextInt(9))
                                            + "-1"
                                            + random.nextInt(9)
                                            + "T08:"
                                            + (10 + random.nextInt(49))
                                            + ":00Z",
                            "created_at",
                            "时间",
                            "");
            case 32 ->
                    numbers(
                            "",
                            ColumnType.DOUBLE,
                            () -> round(random.nextDouble() * 240_000, 10),
                            "odometer_km",
                            "里程",
                            "");
            case 33 -> text("", () -> luhnless(15), "device_code", "equipment", "");
            case 34 ->
                    numbers(
                            "",
                            ColumnType.INT,
                            () -> 30_000_000 + random.nextInt(120_000_000),
                            "crc",
                            "checksum",
                            "");
            default ->
                    numbers(
                            "",
                            ColumnType.INT,
                            () -> random.nextInt(101),
                            "soc_percent",
                            "driver_score",
                            "电量",
                            "");
        }
    }

    /** Digits that are no number of a device: begin with 7. */
    private String luhnless(int length) {
        return "7" + digits(length - 1);
    }

    private void counted(ColumnType type, long from, String... labels) {
        Object[] cells = new Object[ROWS];
        int step = type == ColumnType.INT ? 1000 : pick("1", "1000").length() * 250;
        for (int row = 0; row < ROWS; row++) {
            long value = from + (long) row * (labels[0].startsWith("serial") ? 1 : step);
            cells[row] = type == ColumnType.INT ? (Object) (int) value : (Object) value;
        }
        made.add(new Made(label(pick(labels)), type, cells, ""));
    }

    private void noise(double spread, double scale, String... labels) {
        numbers(
                "",
                ColumnType.DOUBLE,
                () -> round((random.nextDouble() * 2 - 1) * spread, scale),
                labels);
    }

    private void walk(double from, double step, double scale, String... labels) {
        double[] at = {from};
        numbers(
                "",
                ColumnType.DOUBLE,
                () -> {
                    at[0] += random.nextGaussian() * step + (from - at[0]) * 0.01;
                    return round(at[0], scale);
                },
                labels);
    }

    private void numbers(String kind, ColumnType type, Supplier<Object> values, String... labels) {
        Object[] cells = new Object[ROWS];
        double absent = random.nextInt(3) == 0 ? 0.3 : 0;
        for (int row = 0; row < ROWS; row++) {
            cells[row] = random.nextDouble() < absent ? ABSENT : values.get();
        }
        made.add(new Made(label(pick(labels)), type, cells, kind));
    }

    private static final Object ABSENT = new Object();

    private void text(String kind, Supplier<String> values, String... labels) {
        Object[] cells = new Object[ROWS];
        double absent = random.nextInt(3) == 0 ? 0.3 : 0;
        double junk = random.nextInt(4) == 0 ? 0.08 : 0;
        for (int row = 0; row < ROWS; row++) {
            String value = values.get();
            cells[row] =
                    random.nextDouble() < absent
                            ? ABSENT
                            : random.nextDouble() < junk ? pick("N/A", "-", "unknown", "无") : value;
        }
        made.add(new Made(label(pick(labels)), ColumnType.STRING, cells, kind));
    }

    private String label(String telling) {
        return telling.isEmpty()
                ? GENERIC[random.nextInt(GENERIC.length)].formatted(random.nextInt(40))
                : telling;
    }

    private String pick(String... from) {
        return from[random.nextInt(from.length)];
    }

    private String digits(int length) {
        return symbols("0123456789", length);
    }

    private String symbols(String from, int length) {
        char[] text = new char[length];
        for (int i = 0; i < length; i++) {
            text[i] = from.charAt(random.nextInt(from.length()));
        }
        return new String(text);
    }
}
